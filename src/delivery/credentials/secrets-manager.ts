/** The part of the AWS SDK that reads a secret. Named exports let the bundler drop the rest. */
export { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
