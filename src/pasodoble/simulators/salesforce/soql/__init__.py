"""SOQL and SOSL: Salesforce's two query languages, read, planned and run over a user's view of the org.

    answer = run_query("SELECT Id, Account.Name FROM Contact WHERE Email = 'a@b.example'", view, version="66.0")
    answer.count, answer.page(0, 2000)        # totalSize, JSON-ready records
    run_search(parse_search("FIND {Ana} RETURNING Contact(Id, Name)"), view, version="66.0")     # records
    run_search(search_by_parameters({"q": "Ana", "sobjects": [{"name": "Contact"}]}), view, version="66.0")

HTTP, paging and locators do not belong here.
"""

from pasodoble.simulators.salesforce.soql.errors import SoqlError
from pasodoble.simulators.salesforce.soql.run import Answer, run_query
from pasodoble.simulators.salesforce.soql.sosl import Search, parse_search, run_search, search_by_parameters

__all__ = ["Answer", "Search", "SoqlError", "parse_search", "run_query", "run_search", "search_by_parameters"]
