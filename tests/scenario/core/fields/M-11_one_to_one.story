M-11  One property, one field
we do: A second line for the same property or field is refused, and names the first.
standing: same

given in HubSpot a contact has a field nickname: text
and contacts join nickname to Title with Two-way
then mapping lint says not_one_to_one of nickname of contacts
