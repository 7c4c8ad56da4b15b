import { createHash } from 'node:crypto';

/** Where everything local is said to be. */
export interface Place {
  readonly region: string;
  readonly account: string;
}

/** Addresses and values that are known only once the engines run. */
export interface Addresses {
  /** `host:port` of the site, without a scheme. */
  readonly site: string;
  /** URL of the HTTP API's own address. */
  readonly api: string;
  /** URL of the queue engine. */
  readonly queues: string;
  /** Values of the template's parameters in place of their defaults. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Value of a secret; the whole of it, or one field of its JSON. */
  secret(name: string, field?: string): string;
  /** The ARN under which the engine keeps a secret; it invents the last six characters. */
  secretArn(name: string): string | undefined;
}

/** A resource as its references see it. */
export interface Named {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The name given in the template, if one is. */
  readonly given: string | undefined;
}

/** Property that holds the name a template may give to a resource of this type. */
export const nameProperty: Readonly<Record<string, string>> = {
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::SecretsManager::Secret': 'Name',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::CloudFront::KeyValueStore': 'Name',
};

const digest = (text: string, length: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, length);

/** The name a resource has on this machine: the one given, else made of its stack and logical id. */
export const physicalName = (it: Named): string => {
  if (it.given !== undefined) return it.given;
  const plain = `${it.stack}-${it.logicalId}`;
  switch (it.type) {
    case 'AWS::S3::Bucket':
      return plain.toLowerCase().slice(0, 54).concat('-', digest(plain, 8));
    case 'AWS::SQS::Queue':
      return plain.slice(0, 71).concat('-', digest(plain, 8));
    default:
      return plain;
  }
};

/** Pool ids look like real ones, since the clients take them apart. */
export const poolId = (it: Named, place: Place): string =>
  `${place.region}_${digest(`${it.stack}/${it.logicalId}`, 9)}`;

/** Client ids have 26 characters, as real ones. */
export const clientId = (it: Named): string => digest(`${it.stack}/${it.logicalId}`, 26);

/** Secret ARNs end with six characters that are not part of the name. */
export const secretArn = (it: Named, place: Place): string =>
  `arn:aws:secretsmanager:${place.region}:${place.account}:secret:${physicalName(it)}-${digest(physicalName(it), 6)}`;

/** What `Ref` of a resource is here. Types that nothing local looks at answer with their name. */
export const refOf = (it: Named, place: Place, addresses: Addresses): string => {
  switch (it.type) {
    case 'AWS::SQS::Queue':
      return `${addresses.queues}/${place.account}/${physicalName(it)}`;
    case 'AWS::SecretsManager::Secret':
      return addresses.secretArn(physicalName(it)) ?? secretArn(it, place);
    case 'AWS::Cognito::UserPool':
      return poolId(it, place);
    case 'AWS::Cognito::UserPoolClient':
      return clientId(it);
    case 'AWS::Lambda::Version':
    case 'AWS::Lambda::Alias':
    case 'AWS::SNS::Topic':
    case 'AWS::CloudFront::Function':
      return arnOf(it, place);
    default:
      return physicalName(it);
  }
};

/** What `Fn::GetAtt` of a resource is here. */
export const attributeOf = (it: Named, attribute: string, place: Place, addresses: Addresses): string => {
  const name = physicalName(it);
  switch (`${it.type}.${attribute}`) {
    case 'AWS::DynamoDB::Table.StreamArn':
    case 'AWS::DynamoDB::GlobalTable.StreamArn':
      return `${arnOf(it, place)}/stream/local`;
    case 'AWS::S3::Bucket.DomainName':
      return `${name}.s3.amazonaws.com`;
    case 'AWS::S3::Bucket.RegionalDomainName':
      return `${name}.s3.${place.region}.amazonaws.com`;
    case 'AWS::SQS::Queue.QueueName':
      return name;
    case 'AWS::SQS::Queue.QueueUrl':
      return refOf(it, place, addresses);
    case 'AWS::Cognito::UserPool.ProviderName':
      return `cognito-idp.${place.region}.amazonaws.com/${poolId(it, place)}`;
    case 'AWS::Cognito::UserPool.ProviderURL':
      return `https://cognito-idp.${place.region}.amazonaws.com/${poolId(it, place)}`;
    case 'AWS::Cognito::UserPool.UserPoolId':
      return poolId(it, place);
    case 'AWS::Cognito::UserPoolClient.ClientId':
      return clientId(it);
    case 'AWS::ApiGatewayV2::Api.ApiEndpoint':
      return addresses.api;
    case 'AWS::CloudFront::Distribution.DomainName':
      return addresses.site;
    case 'AWS::SecretsManager::Secret.Id':
      return refOf(it, place, addresses);
    default:
      return /Arn$/i.test(attribute) ? arnOf(it, place) : name;
  }
};

const arnOf = (it: Named, { region, account }: Place): string => {
  const name = physicalName(it);
  switch (it.type) {
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable':
      return `arn:aws:dynamodb:${region}:${account}:table/${name}`;
    case 'AWS::S3::Bucket':
      return `arn:aws:s3:::${name}`;
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${region}:${account}:${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${region}:${account}:function:${name}`;
    case 'AWS::SecretsManager::Secret':
      return secretArn(it, { region, account });
    case 'AWS::Cognito::UserPool':
      return `arn:aws:cognito-idp:${region}:${account}:userpool/${poolId(it, { region, account })}`;
    case 'AWS::CloudFront::Function':
      return `arn:aws:cloudfront::${account}:function/${name}`;
    case 'AWS::CloudFront::KeyValueStore':
      return `arn:aws:cloudfront::${account}:key-value-store/${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account}:role/${name}`;
    default: {
      const [, service = 'local'] = it.type.toLowerCase().split('::');
      return `arn:aws:${service}:${region}:${account}:${name}`;
    }
  }
};
