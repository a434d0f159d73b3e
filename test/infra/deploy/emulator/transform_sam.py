"""What CloudFormation does with a SAM template, by AWS's own translator: stdin to stdout."""

import json
import sys

from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies(ManagedPolicyLoader):
    """The names of AWS's managed policies are only needed for policies that are named so."""

    def __init__(self):
        pass

    def load(self):
        return {
            "AWSLambdaBasicExecutionRole": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
        }


print(json.dumps(transform(yaml_parse(sys.stdin.read()), {}, NoManagedPolicies())))
