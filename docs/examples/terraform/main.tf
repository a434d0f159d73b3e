terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.0"
    }
  }
}

variable "layer_arn" {
  type = string
}

variable "agent_id" {
  type = string
}

data "aws_secretsmanager_secret" "api_key" {
  name = "xpander/api-key"
}

module "task_reporting" {
  source             = "./task-reporting"
  layer_arn          = var.layer_arn
  agent_id           = var.agent_id
  api_key_secret_arn = data.aws_secretsmanager_secret.api_key.arn
}

data "archive_file" "agent" {
  type        = "zip"
  source_dir  = "${path.module}/../agent"
  output_path = "${path.module}/agent.zip"
}

resource "aws_lambda_function" "agent" {
  function_name    = "my-agent"
  role             = aws_iam_role.agent.arn
  runtime          = "nodejs24.x"
  handler          = "index.handler"
  filename         = data.archive_file.agent.output_path
  source_code_hash = data.archive_file.agent.output_base64sha256
  timeout          = 30
  memory_size      = 256
  layers           = module.task_reporting.layers

  environment {
    variables = module.task_reporting.environment
  }
}

resource "aws_iam_role" "agent" {
  name = "my-agent"
  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Principal = { Service = "lambda.amazonaws.com" }
    }]
  })
}

resource "aws_iam_role_policy_attachment" "logs" {
  role       = aws_iam_role.agent.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "task_reporting" {
  name   = "task-reporting"
  role   = aws_iam_role.agent.id
  policy = module.task_reporting.policy
}
