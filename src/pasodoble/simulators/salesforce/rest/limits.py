"""`/limits`: what the org may use in a day and what is left. Counting is `metering`."""

from __future__ import annotations

from pasodoble.simulators.http import Response
from pasodoble.simulators.salesforce.rest.frame import Call, Instance, reply

ALLOCATIONS = {
    "ActiveScratchOrgs": 3,
    "AnalyticsExternalDataSizeMB": 40960,
    "ConcurrentAsyncGetReportInstances": 200,
    "ConcurrentSyncReportRuns": 20,
    "DailyAsyncApexExecutions": 250000,
    "DailyBulkApiBatches": 15000,
    "DailyBulkV2QueryFileStorageMB": 976562,
    "DailyBulkV2QueryJobs": 10000,
    "DailyDeliveredPlatformEvents": 25000,
    "DailyDurableGenericStreamingApiEvents": 10000,
    "DailyDurableStreamingApiEvents": 10000,
    "DailyGenericStreamingApiEvents": 10000,
    "DailyStandardVolumePlatformEvents": 10000,
    "DailyStreamingApiEvents": 10000,
    "DailyWorkflowEmails": 1000,
    "DataStorageMB": 10240,
    "DurableStreamingApiConcurrentClients": 1000,
    "FileStorageMB": 10240,
    "HourlyAsyncReportRuns": 1200,
    "HourlyDashboardRefreshes": 200,
    "HourlyODataCallout": 20000,
    "HourlyPublishedPlatformEvents": 50000,
    "HourlySyncReportRuns": 500,
    "HourlyTimeBasedWorkflow": 1000,
    "MassEmail": 5000,
    "MonthlyPlatformEventsUsageEntitlement": 600000,
    "SingleEmail": 5000,
    "StreamingApiConcurrentClients": 1000,
}
ROW_KB = 2


def read_limits(call: Call) -> Response:
    meter = call.instance.meter
    allocations = {**ALLOCATIONS, "DailyDeliveredPlatformEvents": call.org.switches.daily_event_deliveries}
    used = {**meter.others, **{name: read() for name, read in meter.gauges.items()}}
    used["DataStorageMB"] = sum(len(table) for table in call.org.tables.values()) * ROW_KB // 1024
    told = {name: {"Max": most, "Remaining": max(0, most - used.get(name, 0))} for name, most in allocations.items()}
    told["DailyApiRequests"] = {"Max": meter.allotment, "Remaining": max(0, meter.allotment - meter.used)}
    return reply(dict(sorted(told.items())))


def add_routes(instance: Instance) -> None:
    instance.serve("GET", "/limits", read_limits)
