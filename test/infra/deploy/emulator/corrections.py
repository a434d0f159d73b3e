"""Where moto answers otherwise than AWS, as far as the deployment goes."""

import os
from urllib.parse import unquote

import boto3
from moto.awslambda.models import LambdaFunction, LayerStorage, LayerVersion
from moto.cloudformation.models import ChangeSet


def add():
    LambdaFunction.create_from_cloudformation_json = classmethod(
        function_from_template(LambdaFunction.create_from_cloudformation_json.__func__)
    )
    LayerVersion.create_from_cloudformation_json = classmethod(
        layer_from_template(LayerVersion.create_from_cloudformation_json.__func__)
    )
    # What a template's Ref to a layer is; without it moto gives its own object.
    LayerVersion.physical_resource_id = property(lambda layer: layer.arn)
    LambdaFunction.get_code = function_with_content(LambdaFunction.get_code)
    LayerVersion.get_layer_version = layer_with_content(LayerVersion.get_layer_version)
    LayerStorage.get_layer_versions = versions_of_named_layer(LayerStorage.get_layer_versions)
    ChangeSet.apply = with_outputs(ChangeSet.apply)


def function_from_template(create):
    """moto leaves out the layers and the architecture."""

    def corrected(cls, name, json, account_id, region_name, **more):
        function = create(cls, name, json, account_id, region_name, **more)
        properties = json["Properties"]
        function.layers = function._get_layers_data(properties.get("Layers", []))
        function.architectures = properties.get("Architectures", ["x86_64"])
        return function

    return corrected


def layer_from_template(create):
    """moto looks for the name under another property."""

    def corrected(cls, name, json, account_id, region_name, **more):
        name = json["Properties"].get("LayerName", name)
        return create(cls, name, json, account_id, region_name, **more)

    return corrected


def function_with_content(get_code):
    """moto gives an address in AWS."""

    def corrected(function):
        answer = get_code(function)
        if "Code" in answer:
            answer["Code"]["Location"] = content_url(function)
        return answer

    return corrected


def layer_with_content(get_layer_version):
    """moto says only `s3://`."""

    def corrected(layer):
        answer = get_layer_version(layer)
        answer["Content"]["Location"] = content_url(layer)
        return answer

    return corrected


def content_url(resource):
    """A signed address of the zip of a layer or function, as AWS gives."""
    s3 = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{os.environ['MOTO_PORT']}",
        region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="not-a-real-secret-access-key",
    )
    zips = {"Bucket": "lambda-zips", "Key": resource.code_sha_256}
    s3.create_bucket(Bucket=zips["Bucket"])
    s3.put_object(**zips, Body=resource.code_bytes)
    return s3.generate_presigned_url("get_object", Params=zips, ExpiresIn=600)


def versions_of_named_layer(get_layer_versions):
    """moto takes the name only, not the ARN, and leaves that encoded as in the path."""

    def corrected(storage, name_or_arn):
        return get_layer_versions(storage, unquote(name_or_arn).split(":")[-1])

    return corrected


def with_outputs(apply):
    """moto forgets the outputs of a stack that a change set makes."""

    def corrected(change_set):
        apply(change_set)
        stack = change_set.stack
        stack.template_dict = change_set.template_dict
        stack.output_map = stack._create_output_map()

    return corrected
