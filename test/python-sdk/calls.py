"""The calls of the documentation, made with the public Python SDK. Prints what came back."""

import json

from xpander_sdk import Agents, Backend, Tasks, Tokens
from xpander_sdk.exceptions.module_exception import ModuleException

backend = Backend()

full = backend.report_external_task(
    agent_id="agent-123",
    id="ext-job-9921",
    input="Summarize Q4 earnings",
    result="Q4 revenue grew 22% YoY, driven by ...",
    llm_response={"id": "cmpl-1", "choices": [{"message": {"content": "Süß 🦊"}}]},
    tokens=Tokens(prompt_tokens=2_140, completion_tokens=380),
    duration=4.7,
    used_tools=["web_search", "fetch_pdf"],
    is_success=True,
)
backend.report_external_task(
    agent_id="agent-123",
    id="job-7842",
    input="Long-running data extraction",
    is_success=True,
    result=None,
    duration=0,
)
updated = backend.report_external_task(
    agent_id="agent-123",
    id="job-7842",
    input="Long-running data extraction",
    result="Extracted 412 rows",
    tokens=Tokens(
        prompt_tokens=18_400,
        completion_tokens=2_100,
        cache_read_tokens=9_000,
        cache_write_tokens=300,
    ),
    duration=37.6,
    is_success=True,
    used_tools=["s3_read", "snowflake_query"],
)
agent = Agents().get("agent-123")
backend.report_external_task(
    agent=agent, id="ext-2025-04-25-001", input="Daily summary", result="...", is_success=True
)
failed = backend.report_external_task(
    agent_id="agent-123", id="job-failed-001", input="prompt", result="no model", is_success=False
)
anonymous = backend.report_external_task(result="from the environment")
backend.report_external_task(agent_id="agent 1 é", tokens=Tokens(prompt_tokens=7))

tasks = Tasks()
history = tasks.list(agent_id="agent-123", filters={"status": "failed"})
try:
    tasks.get(task_id="no-such-task")
    missing = None
except ModuleException as error:
    missing = error.status_code

print(
    json.dumps(
        {
            "full": [full.id, full.status.value, full.result, full.input.text],
            "updated": [updated.id, updated.status.value, updated.result],
            "agent": [agent.id, agent.name],
            "failed": [failed.id, failed.status.value],
            "anonymous": anonymous.agent_id,
            "read": tasks.get(task_id="ext-job-9921").result,
            "history": [item.id for item in history],
            "agents": sorted(item.id for item in Agents().list()),
            "missing": missing,
        }
    )
)
