"""HubSpot companies and Salesforce accounts (MD-04). Only field names and options belong here.

Industries: HubSpot has some 150, Salesforce 32, so each of Salesforce's stands for several; the first of each row is the one
that comes back.
"""

from __future__ import annotations

from pasodoble.mapping.spec import KindSpec, make_rule
from pasodoble.model.rule import UpdateRule

_ACCOUNT = ("Account",)

_INDUSTRIES = {
    "Agriculture": "FARMING DAIRY FISHERY RANCHING",
    "Apparel": "APPAREL_FASHION TEXTILES LUXURY_GOODS_JEWELRY COSMETICS",
    "Banking": "BANKING",
    "Biotechnology": "BIOTECHNOLOGY NANOTECHNOLOGY",
    "Chemicals": "CHEMICALS PLASTICS",
    "Communications": "INTERNET",
    "Construction": "CONSTRUCTION BUILDING_MATERIALS CIVIL_ENGINEERING ARCHITECTURE_PLANNING GLASS_CERAMICS_CONCRETE",
    "Consulting": "MANAGEMENT_CONSULTING ACCOUNTING LAW_PRACTICE LEGAL_SERVICES HUMAN_RESOURCES OUTSOURCING_OFFSHORING "
    "STAFFING_AND_RECRUITING BUSINESS_SUPPLIES_AND_EQUIPMENT PROFESSIONAL_TRAINING_COACHING ALTERNATIVE_DISPUTE_RESOLUTION "
    "TRANSLATION_AND_LOCALIZATION MARKET_RESEARCH THINK_TANKS",
    "Education": "EDUCATION_MANAGEMENT HIGHER_EDUCATION E_LEARNING PRIMARY_SECONDARY_EDUCATION RESEARCH LIBRARIES",
    "Electronics": "CONSUMER_ELECTRONICS ELECTRICAL_ELECTRONIC_MANUFACTURING SEMICONDUCTORS",
    "Energy": "OIL_ENERGY",
    "Engineering": "MECHANICAL_OR_INDUSTRIAL_ENGINEERING INDUSTRIAL_AUTOMATION AVIATION_AEROSPACE DEFENSE_SPACE",
    "Entertainment": "ENTERTAINMENT COMPUTER_GAMES GAMBLING_CASINOS MOTION_PICTURES_AND_FILM MUSIC PERFORMING_ARTS "
    "MOBILE_GAMES ANIMATION EVENTS_SERVICES MUSEUMS_AND_INSTITUTIONS",
    "Environmental": "RENEWABLES_ENVIRONMENT ENVIRONMENTAL_SERVICES",
    "Finance": "FINANCIAL_SERVICES CAPITAL_MARKETS INVESTMENT_BANKING INVESTMENT_MANAGEMENT VENTURE_CAPITAL_PRIVATE_EQUITY",
    "Food & Beverage": "FOOD_BEVERAGES FOOD_PRODUCTION WINE_AND_SPIRITS RESTAURANTS TOBACCO",
    "Government": "GOVERNMENT_ADMINISTRATION GOVERNMENT_RELATIONS INTERNATIONAL_AFFAIRS JUDICIARY LAW_ENFORCEMENT "
    "LEGISLATIVE_OFFICE MILITARY POLITICAL_ORGANIZATION PUBLIC_POLICY PUBLIC_SAFETY EXECUTIVE_OFFICE",
    "Healthcare": "HOSPITAL_HEALTH_CARE HEALTH_WELLNESS_AND_FITNESS ALTERNATIVE_MEDICINE MEDICAL_DEVICES MEDICAL_PRACTICE "
    "MENTAL_HEALTH_CARE PHARMACEUTICALS VETERINARY",
    "Hospitality": "HOSPITALITY",
    "Insurance": "INSURANCE",
    "Machinery": "MACHINERY",
    "Manufacturing": "MINING_METALS AUTOMOTIVE FURNITURE PACKAGING_AND_CONTAINERS PAPER_FOREST_PRODUCTS PRINTING "
    "SHIPBUILDING RAILROAD_MANUFACTURE",
    "Media": "BROADCAST_MEDIA MEDIA_PRODUCTION MARKETING_AND_ADVERTISING NEWSPAPERS ONLINE_MEDIA PUBLISHING GRAPHIC_DESIGN "
    "DESIGN PHOTOGRAPHY PUBLIC_RELATIONS_AND_COMMUNICATIONS WRITING_AND_EDITING FINE_ART ARTS_AND_CRAFTS",
    "Not For Profit": "NON_PROFIT_ORGANIZATION_MANAGEMENT CIVIC_SOCIAL_ORGANIZATION FUND_RAISING PHILANTHROPY "
    "RELIGIOUS_INSTITUTIONS INDIVIDUAL_FAMILY_SERVICES PROGRAM_DEVELOPMENT",
    "Recreation": "RECREATIONAL_FACILITIES_AND_SERVICES SPORTS SPORTING_GOODS LEISURE_TRAVEL_TOURISM",
    "Retail": "RETAIL CONSUMER_GOODS CONSUMER_SERVICES SUPERMARKETS WHOLESALE",
    "Shipping": "LOGISTICS_AND_SUPPLY_CHAIN MARITIME PACKAGE_FREIGHT_DELIVERY IMPORT_AND_EXPORT WAREHOUSING "
    "INTERNATIONAL_TRADE_AND_DEVELOPMENT",
    "Technology": "COMPUTER_SOFTWARE INFORMATION_TECHNOLOGY_AND_SERVICES COMPUTER_HARDWARE COMPUTER_NETWORKING "
    "COMPUTER_NETWORK_SECURITY INFORMATION_SERVICES",
    "Telecommunications": "TELECOMMUNICATIONS WIRELESS",
    "Transportation": "TRANSPORTATION_TRUCKING_RAILROAD AIRLINES_AVIATION",
    "Utilities": "UTILITIES",
    "Other": "FACILITIES_SERVICES SECURITY_AND_INVESTIGATIONS REAL_ESTATE COMMERCIAL_REAL_ESTATE",
}

SPEC = KindSpec(
    kind="companies",
    hubspot_object="companies",
    salesforce_objects=_ACCOUNT,
    match=("people", "domain"),
    rules=(
        make_rule("name", "Name", _ACCOUNT, UpdateRule.TWO_WAY),
        make_rule("website", "Website", _ACCOUNT),
        make_rule("phone", "Phone", _ACCOUNT),
        make_rule("address", "BillingStreet", _ACCOUNT),
        make_rule("city", "BillingCity", _ACCOUNT),
        make_rule("state", "BillingState", _ACCOUNT),
        make_rule("zip", "BillingPostalCode", _ACCOUNT),
        make_rule("country", "BillingCountry", _ACCOUNT),
        make_rule(
            "industry",
            "Industry",
            _ACCOUNT,
            values={ours: theirs for theirs, many in _INDUSTRIES.items() for ours in many.split()},
        ),
        make_rule("annualrevenue", "AnnualRevenue", _ACCOUNT),
        make_rule("numberofemployees", "NumberOfEmployees", _ACCOUNT),
        make_rule("description", "Description", _ACCOUNT),
        make_rule(
            "type",
            "Type",
            _ACCOUNT,
            values={
                "PROSPECT": "Prospect",
                "PARTNER": "Technology Partner",
                "RESELLER": "Channel Partner / Reseller",
                "VENDOR": "Other",
                "OTHER": "Other",
            },
            values_back={
                "Other": "OTHER",
                "Installation Partner": "PARTNER",
                "Customer - Channel": "RESELLER",
                "Customer - Direct": "OTHER",
            },
        ),
        make_rule("hubspot_owner_id", "OwnerId", _ACCOUNT, UpdateRule.TWO_WAY),
    ),
)
