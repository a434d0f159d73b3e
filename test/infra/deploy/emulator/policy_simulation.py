"""IAM's SimulatePrincipalPolicy for roles, which moto lacks: by moto's own reading of policies."""

import json

from moto.core.responses import ActionResult
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.responses import IamResponse


def add():
    IamResponse.simulate_principal_policy = simulate_principal_policy


def simulate_principal_policy(self):
    role = self.backend.get_role_by_arn(self._get_param("PolicySourceArn"))
    # Those of a template's role are there as they stand in it, others as text.
    inline = [p if isinstance(p, str) else json.dumps(p) for p in role.policies.values()]
    policies = [*inline, *role.managed_policies.values()]
    resources = self._get_param("ResourceArns") or ["*"]
    context = {
        entry["ContextKeyName"]: entry["ContextKeyValues"][0]
        for entry in self._get_param("ContextEntries") or []
    }
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": decision(policies, action, resource, context),
        }
        for action in self._get_param("ActionNames")
        for resource in resources
    ]
    return ActionResult({"EvaluationResults": results, "IsTruncated": False})


def decision(policies, action, resource, context):
    found = [
        IAMPolicy(policy).is_action_permitted(action, resource, None, context)
        for policy in policies
    ]
    if PermissionResult.DENIED in found:
        return "explicitDeny"
    return "allowed" if PermissionResult.PERMITTED in found else "implicitDeny"
