# Says what a function needs so that the layer of xpander-lambda reports its runs.

variable "layer_arn" {
  description = "ARN of a version of the layer, with the version's number at its end"
  type        = string
}

variable "agent_id" {
  description = "The agent that runs are reported for"
  type        = string
}

variable "api_key_secret_arn" {
  description = "Complete ARN of the secret that holds the API key of xpander.ai"
  type        = string
}

variable "api_key_kms_key_arn" {
  description = "ARN of the key that encrypts the secret, if it is one of your own"
  type        = string
  default     = null
}

variable "next_exec_wrapper" {
  description = "An exec wrapper that the function already has"
  type        = string
  default     = null
}

output "layers" {
  description = "For the function's layers"
  value       = [var.layer_arn]
}

output "environment" {
  description = "For the function's environment variables"
  value = merge(
    {
      AWS_LAMBDA_EXEC_WRAPPER = "/opt/xpander-lambda/exec-wrapper"
      XPANDER_AGENT_ID        = var.agent_id
      XPANDER_API_KEY_SECRET  = var.api_key_secret_arn
    },
    var.next_exec_wrapper == null ? {} : { XPANDER_NEXT_EXEC_WRAPPER = var.next_exec_wrapper },
  )
}

output "policy" {
  description = "For a policy of the function's role"
  value = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [{
        Effect   = "Allow"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [var.api_key_secret_arn]
      }],
      var.api_key_kms_key_arn == null ? [] : [{
        Effect   = "Allow"
        Action   = ["kms:Decrypt"]
        Resource = [var.api_key_kms_key_arn]
      }],
    )
  })
}
