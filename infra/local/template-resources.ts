import * as v from 'valibot';
import type { Template } from './template.ts';

/** A function of the template and the folder its bundle lies in. */
export interface FunctionSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Path in the construct tree, for people. */
  readonly path: string;
  readonly directory: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  /** At most so many calls at a time. */
  readonly reserved: number | undefined;
}

const FunctionProperties = v.object({
  Code: v.object({ S3Key: v.optional(v.string()) }),
  Handler: v.optional(v.string(), ''),
  Runtime: v.optional(v.string(), ''),
  Timeout: v.optional(v.number(), 3),
  MemorySize: v.optional(v.number(), 128),
  Environment: v.optional(v.object({ Variables: v.optional(v.record(v.string(), v.unknown()), {}) })),
  ReservedConcurrentExecutions: v.optional(v.number()),
});

/** The functions this machine can run: Node bundles. Helpers of the deployment itself (Python, inline code) are left out. */
export const functionsOf = (template: Template): readonly FunctionSpec[] =>
  template.resources('AWS::Lambda::Function').flatMap((resource) => {
    const it = v.parse(FunctionProperties, resource.properties());
    if (!it.Runtime.startsWith('nodejs') || it.Code.S3Key === undefined) return [];
    return [
      {
        logicalId: resource.logicalId,
        name: resource.name,
        arn: resource.arn,
        path: resource.path,
        directory: template.asset(it.Code.S3Key),
        handler: it.Handler,
        timeoutMs: it.Timeout * 1_000,
        memoryMb: it.MemorySize,
        environment: Object.fromEntries(
          Object.entries(it.Environment?.Variables ?? {}).map(([name, value]) => [name, String(value)]),
        ),
        reserved: it.ReservedConcurrentExecutions,
      },
    ];
  });

const KeySchema = v.array(v.object({ AttributeName: v.string(), KeyType: v.picklist(['HASH', 'RANGE']) }));
const ProjectionSchema = v.object({
  ProjectionType: v.optional(v.picklist(['ALL', 'KEYS_ONLY', 'INCLUDE']), 'ALL'),
  NonKeyAttributes: v.optional(v.array(v.string())),
});
const IndexSchema = v.object({ IndexName: v.string(), KeySchema, Projection: ProjectionSchema });
const TableProperties = v.object({
  KeySchema,
  AttributeDefinitions: v.array(v.object({ AttributeName: v.string(), AttributeType: v.picklist(['S', 'N', 'B']) })),
  GlobalSecondaryIndexes: v.optional(v.array(IndexSchema)),
  LocalSecondaryIndexes: v.optional(v.array(IndexSchema)),
  StreamSpecification: v.optional(
    v.object({ StreamViewType: v.picklist(['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY']) }),
  ),
  TimeToLiveSpecification: v.optional(v.object({ AttributeName: v.optional(v.string()), Enabled: v.boolean() })),
});

/** A table as `CreateTable` takes it, and the attribute by which its items expire. */
export interface TableSpec extends v.InferOutput<typeof TableProperties> {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

export const tablesOf = (template: Template): readonly TableSpec[] =>
  [...template.resources('AWS::DynamoDB::GlobalTable'), ...template.resources('AWS::DynamoDB::Table')].map(
    ({ logicalId, name, arn, properties }) => ({ ...v.parse(TableProperties, properties()), logicalId, name, arn }),
  );

const CorsRule = v.object({
  AllowedOrigins: v.array(v.string()),
  AllowedMethods: v.array(v.string()),
  AllowedHeaders: v.exactOptional(v.array(v.string())),
  ExposedHeaders: v.exactOptional(v.array(v.string())),
  MaxAge: v.exactOptional(v.number()),
});
export type CorsRule = v.InferOutput<typeof CorsRule>;
const BucketProperties = v.optional(
  v.object({ CorsConfiguration: v.optional(v.object({ CorsRules: v.array(CorsRule) })) }),
  {},
);

export interface BucketSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** `<bucket>.s3.<region>.amazonaws.com`, as origins and policies name it. */
  readonly domain: string;
  readonly cors: readonly CorsRule[];
}

export const bucketsOf = (template: Template): readonly BucketSpec[] =>
  template.resources('AWS::S3::Bucket').map(({ logicalId, name, arn, properties, attribute }) => ({
    logicalId,
    name,
    arn,
    domain: attribute('RegionalDomainName'),
    cors: v.parse(BucketProperties, properties()).CorsConfiguration?.CorsRules ?? [],
  }));

const QueueProperties = v.optional(
  v.object({
    VisibilityTimeout: v.optional(v.number(), 30),
    DelaySeconds: v.optional(v.number(), 0),
    RedrivePolicy: v.optional(v.object({ deadLetterTargetArn: v.string(), maxReceiveCount: v.number() })),
  }),
  {},
);

export interface QueueSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutSeconds: number;
  readonly redrive: { readonly deadLetterQueue: string; readonly maxReceiveCount: number } | undefined;
}

export const queuesOf = (template: Template): readonly QueueSpec[] =>
  template.resources('AWS::SQS::Queue').map(({ logicalId, name, arn, properties }) => {
    const { VisibilityTimeout = 30, RedrivePolicy } = v.parse(QueueProperties, properties());
    return {
      logicalId,
      name,
      arn,
      visibilityTimeoutSeconds: VisibilityTimeout,
      redrive: RedrivePolicy && {
        deadLetterQueue: lastPart(RedrivePolicy.deadLetterTargetArn),
        maxReceiveCount: RedrivePolicy.maxReceiveCount,
      },
    };
  });

/** What stands after the last colon of an ARN. */
export const lastPart = (arn: string): string => arn.slice(arn.lastIndexOf(':') + 1);

const PoolProperties = v.object({
  MfaConfiguration: v.optional(v.picklist(['ON', 'OFF', 'OPTIONAL']), 'OFF'),
  Policies: v.optional(
    v.object({ PasswordPolicy: v.optional(v.object({ MinimumLength: v.optional(v.number(), 8) })) }),
  ),
});
const ClientProperties = v.object({ UserPoolId: v.string() });

export interface PoolSpec {
  readonly logicalId: string;
  readonly poolId: string;
  readonly clientIds: readonly string[];
  readonly mfa: 'ON' | 'OFF' | 'OPTIONAL';
  readonly minimumPasswordLength: number;
}

export const poolsOf = (template: Template): readonly PoolSpec[] =>
  template.resources('AWS::Cognito::UserPool').map(({ logicalId, ref, properties }) => {
    const { MfaConfiguration, Policies } = v.parse(PoolProperties, properties());
    const clients = template
      .resources('AWS::Cognito::UserPoolClient')
      .filter((client) => v.parse(ClientProperties, client.properties()).UserPoolId === ref);
    return {
      logicalId,
      poolId: ref,
      clientIds: clients.map((client) => client.ref),
      mfa: MfaConfiguration,
      minimumPasswordLength: Policies?.PasswordPolicy?.MinimumLength ?? 8,
    };
  });

const GenerateSchema = v.object({
  SecretStringTemplate: v.optional(v.string()),
  GenerateStringKey: v.optional(v.string()),
  PasswordLength: v.optional(v.number(), 32),
  ExcludeCharacters: v.optional(v.string(), ''),
  ExcludePunctuation: v.optional(v.boolean(), false),
  ExcludeNumbers: v.optional(v.boolean(), false),
  ExcludeUppercase: v.optional(v.boolean(), false),
  ExcludeLowercase: v.optional(v.boolean(), false),
  IncludeSpace: v.optional(v.boolean(), false),
});
export type GenerateSpec = v.InferOutput<typeof GenerateSchema>;
const SecretProperties = v.optional(
  v.object({ SecretString: v.optional(v.string()), GenerateSecretString: v.optional(GenerateSchema) }),
  {},
);

export interface SecretSpec {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly value: string | undefined;
  readonly generate: GenerateSpec | undefined;
}

export const secretsOf = (template: Template): readonly SecretSpec[] =>
  template.resources('AWS::SecretsManager::Secret').map(({ logicalId, name, arn, ref, properties }) => {
    const { SecretString, GenerateSecretString } = v.parse(SecretProperties, properties());
    return {
      logicalId,
      name,
      arn: arn === ref ? arn : ref,
      value: SecretString,
      generate: GenerateSecretString,
    };
  });
