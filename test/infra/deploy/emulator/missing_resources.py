"""Resources that moto's CloudFormation lacks, of those that the stacks are made of.

Each does what its template says through moto's own services, so that their APIs show it.
"""

from moto.awslambda.models import lambda_backends
from moto.core.common_models import CloudFormationModel
from moto.secretsmanager.models import secretsmanager_backends
from moto.secretsmanager.utils import random_password


class Secret(CloudFormationModel):
    """AWS::SecretsManager::Secret: moto has only the API."""

    def __init__(self, arn):
        self.physical_resource_id = arn

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @staticmethod
    def cloudformation_type():
        return "AWS::SecretsManager::Secret"

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr == "Id"

    @classmethod
    def create_from_cloudformation_json(cls, name, json, account_id, region_name, **_):
        properties = json["Properties"]
        backend = secretsmanager_backends[account_id][region_name]
        text = properties.get("SecretString")
        if "GenerateSecretString" in properties:
            text = random_password(32, "", False, False, False, False, False, True)
        secret, _ = backend._add_secret(
            name,
            secret_string=text,
            description=properties.get("Description"),
            kms_key_id=properties.get("KmsKeyId"),
        )
        return cls(secret.arn)

    def get_cfn_attribute(self, attribute_name):
        return self.physical_resource_id


class FunctionUrl(CloudFormationModel):
    """AWS::Lambda::Url: moto has only the API."""

    def __init__(self, config):
        self.url = config.url
        self.physical_resource_id = config.function.function_arn

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return "AWS::Lambda::Url"

    @classmethod
    def has_cfn_attr(cls, attr):
        return attr in ["FunctionArn", "FunctionUrl"]

    @classmethod
    def create_from_cloudformation_json(cls, name, json, account_id, region_name, **_):
        properties = json["Properties"]
        backend = lambda_backends[account_id][region_name]
        return cls(
            backend.create_function_url_config(properties["TargetFunctionArn"], properties)
        )

    def get_cfn_attribute(self, attribute_name):
        return self.url if attribute_name == "FunctionUrl" else self.physical_resource_id


class LayerVersionPermission(CloudFormationModel):
    """AWS::Lambda::LayerVersionPermission: moto has only the API."""

    def __init__(self, name):
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type():
        return ""

    @staticmethod
    def cloudformation_type():
        return "AWS::Lambda::LayerVersionPermission"

    @classmethod
    def create_from_cloudformation_json(cls, name, json, account_id, region_name, **_):
        properties = json["Properties"]
        *_, layer, version = properties["LayerVersionArn"].split(":")
        backend = lambda_backends[account_id][region_name]
        backend.get_layer_version(layer, version).policy.statements.append(
            {
                "Sid": name,
                "Effect": "Allow",
                "Principal": properties["Principal"],
                "Action": properties["Action"],
                "Resource": properties["LayerVersionArn"],
                **(
                    {"Condition": {"StringEquals": {"aws:PrincipalOrgID": properties["OrganizationId"]}}}
                    if "OrganizationId" in properties
                    else {}
                ),
            }
        )
        return cls(name)
