I-09  There are inclusion lists for contacts, companies, tickets and custom objects
we do: For every object, deals too.
standing: better
why: A list of deals is as good a filter as a list of companies.

given Clients is a static list of companies
and Wanted is a static list of deals
and Urgent is a static list of tickets
and the inclusion list of companies is Clients
and the inclusion list of deals is Wanted
and the inclusion list of tickets is Urgent
and Vega is a company in HubSpot with name = Vega Nine, domain = vega9.example
and Big is a deal in HubSpot with dealname = Big Nine, pipeline = default, dealstage = appointmentscheduled, closedate = 2026-12-31
and Broken is a ticket in HubSpot with subject = Broken Nine, hs_pipeline = 0, hs_pipeline_stage = 1
when they sync
then Vega is left out: not_in_list
and Big is left out: not_in_list
and Broken is left out: not_in_list
when Vega joins Clients
and Big joins Wanted
and Broken joins Urgent
and they sync
then in Salesforce Vega has Name = Vega Nine
and in Salesforce Big has Name = Big Nine
and in Salesforce Broken has Subject = Broken Nine
