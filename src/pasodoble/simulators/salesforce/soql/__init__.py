"""SOQL and SOSL: Salesforce's two query languages, read, planned and run over a user's view of the org.

    answer = run_query("SELECT Id, Account.Name FROM Contact WHERE Email = 'a@b.example'", view, version="66.0")
    answer.count, answer.page(0, 2000)        # totalSize, JSON-ready records

HTTP, paging and locators do not belong here.
"""

from pasodoble.simulators.salesforce.soql.errors import SoqlError
from pasodoble.simulators.salesforce.soql.run import Answer, run_query

__all__ = ["Answer", "SoqlError", "run_query"]
