import { Aws, CfnOutput, CfnParameter, Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type CfnStage, HttpApi, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AccessLevel,
  AllowedMethods,
  CacheCookieBehavior,
  CacheHeaderBehavior,
  CachePolicy,
  CacheQueryStringBehavior,
  Distribution,
  Function as EdgeFunction,
  FunctionCode,
  FunctionEventType,
  FunctionRuntime,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  KeyValueStore,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  PriceClass,
  ResponseHeadersPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin, S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { AccountRecovery, FeaturePlan, Mfa, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  HttpMethods,
  type IBucket,
  ObjectLockRetention,
} from 'aws-cdk-lib/aws-s3';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { BucketFiles } from './parts/bucket-files.ts';
import { ContextTable } from './parts/context-table.ts';

/** Sign-in, the HTTP API, the buckets and the CDN: what every context stands on. */
export const edge = (scope: Construct) => {
  // what differs between one home and another; the local cloud gives its own values
  const siteOrigin = new CfnParameter(scope, 'SiteOrigin', {
    default: 'https://so-tay.example',
    description: 'Address of the site as the browser shows it, without a slash at the end.',
  });
  const cookieSuffix = new CfnParameter(scope, 'CookieSuffix', {
    default: '',
    description: 'Added to cookie names, so that two copies on one machine do not overwrite each other.',
  });
  const moreConnections = new CfnParameter(scope, 'MoreConnections', {
    default: '',
    description: 'Further addresses a page may connect to; only the local cloud needs any.',
  });

  const identity = new ContextTable(scope, 'Identity', 'IDENTITY_TABLE');
  const audit = new ContextTable(scope, 'Audit', 'AUDIT_TABLE');

  const masterKey = new Secret(scope, 'MasterKey', {
    description: 'From it the keys of passes, sessions, slips and content cookies are derived.',
    generateSecretString: { passwordLength: 64, excludePunctuation: true },
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const originSecret = new Secret(scope, 'OriginSecret', {
    description: 'Header by which a function knows that a request came through the CDN.',
    generateSecretString: { passwordLength: 48, excludePunctuation: true },
  });
  // CloudFormation resolves it at deployment; it stands in no template
  const originSecretValue = originSecret.secretValue.unsafeUnwrap();

  // length, no composition rules. Source: access.md §1, ASVS 6.2.5
  const passwordPolicy = {
    minLength: 12,
    requireDigits: false,
    requireLowercase: false,
    requireUppercase: false,
    requireSymbols: false,
  };
  const poolOfOurs = {
    featurePlan: FeaturePlan.ESSENTIALS,
    selfSignUpEnabled: false,
    signInAliases: { username: true },
    passwordPolicy,
    accountRecovery: AccountRecovery.NONE,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  };
  // tokens are exchanged at once and forgotten
  const clientOfOurs = {
    accessTokenValidity: Duration.minutes(5),
    idTokenValidity: Duration.minutes(5),
    refreshTokenValidity: Duration.hours(1),
    enableTokenRevocation: true,
    preventUserExistenceErrors: true,
  };
  const staffPool = new UserPool(scope, 'StaffPool', {
    ...poolOfOurs,
    mfa: Mfa.REQUIRED,
    mfaSecondFactor: { otp: true, sms: false },
  });
  const staffClient = staffPool.addClient('Web', { ...clientOfOurs, authFlows: { userSrp: true } }) as UserPoolClient;
  // members who wish a password; nobody is in it before he chose one
  const memberPool = new UserPool(scope, 'MemberPool', { ...poolOfOurs, mfa: Mfa.OFF });
  Validations.of(memberPool).acknowledge({
    id: 'AwsSolutions-COG2',
    reason: 'A member has a paper slip or his phone; whoever binds others confirms it with a PIN or this password.',
  });
  const memberClient = memberPool.addClient('Web', {
    ...clientOfOurs,
    // the second for our own function, which asks whether a password is right before a binding act
    authFlows: { userSrp: true, adminUserPassword: true },
  }) as UserPoolClient;

  // CDK's own types disagree about `undefined` under exactOptionalPropertyTypes; the object is the same
  const bucket = (id: string, props: BucketProps): IBucket => new Bucket(scope, id, props) as IBucket;
  const logs = bucket('AccessLogs', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: [{ expiration: Duration.days(90) }],
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const kept = {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    removalPolicy: RemovalPolicy.RETAIN,
    serverAccessLogsBucket: logs,
  };
  // what was practised goes after its day, with its older versions
  const practised = (folder: string) => ({
    prefix: `${folder}tap-`,
    expiration: Duration.days(2),
    noncurrentVersionExpiration: Duration.days(1),
  });
  const site = bucket('Site', { ...kept, serverAccessLogsPrefix: 'site/' });
  const content = bucket('Content', {
    ...kept,
    versioned: true,
    serverAccessLogsPrefix: 'content/',
    lifecycleRules: [
      { noncurrentVersionExpiration: Duration.days(90) },
      ...['live', 'pack', 'docs', 'page'].map((kind) => practised(`content/${kind}/`)),
    ],
  });
  // what was sealed stays for five years whoever asks otherwise, the account's own root among them. Source: product.md §4.6
  const seals = bucket('Seals', {
    ...kept,
    versioned: true,
    objectLockEnabled: true,
    objectLockDefaultRetention: ObjectLockRetention.compliance(Duration.days(5 * 365)),
    serverAccessLogsPrefix: 'seals/',
  });
  const inbox = bucket('Inbox', {
    ...kept,
    versioned: true,
    serverAccessLogsPrefix: 'inbox/',
    lifecycleRules: [
      { abortIncompleteMultipartUploadAfter: Duration.days(7) },
      ...['upload/', 'derived/'].map(practised),
    ],
    cors: [
      {
        allowedOrigins: [siteOrigin.valueAsString],
        allowedMethods: [HttpMethods.PUT, HttpMethods.POST, HttpMethods.GET],
        allowedHeaders: ['*'],
        exposedHeaders: ['ETag'],
        maxAge: 3000,
      },
    ],
  });

  const api = new HttpApi(scope, 'Api', { createDefaultStage: false });
  const stage = api.addStage('Live', { stageName: '$default', autoDeploy: true });
  const accessLog = new LogGroup(scope, 'ApiAccessLog', { retention: RetentionDays.THREE_MONTHS });
  const cfnStage = stage.node.defaultChild as CfnStage; // the construct has no access log setting for this kind of API
  cfnStage.accessLogSettings = {
    destinationArn: new LogGroupLogDestination(accessLog).bind(stage).destinationArn,
    // no address, no path: they could name a person
    format: JSON.stringify({ requestId: '$context.requestId', route: '$context.routeKey', status: '$context.status' }),
  };

  // the box of secret votes: an API of its own, since the log of an API is one for all its routes
  const ballotBox = new HttpApi(scope, 'BallotBox', { createDefaultStage: false });
  Validations.of(ballotBox.addStage('Live', { stageName: '$default', autoDeploy: true })).acknowledge({
    id: 'AwsSolutions-APIG1',
    reason: 'A log would tell when each ballot of a secret vote came.',
  });
  const withoutCookies = new OriginRequestPolicy(scope, 'WithoutCookies', {
    comment: 'What a ballot needs to arrive, and nothing by which its sender could be known.',
    cookieBehavior: OriginRequestCookieBehavior.none(),
    headerBehavior: OriginRequestHeaderBehavior.allowList('content-type', 'origin', 'sec-fetch-site'),
    queryStringBehavior: OriginRequestQueryStringBehavior.none(),
  });

  const edgeStore = new KeyValueStore(scope, 'EdgeStore', {
    comment: 'Keys of content cookies and sessions ended early.',
  });

  const security = {
    contentTypeOptions: { override: true },
    frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
    referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.NO_REFERRER, override: true },
    strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
  };
  const siteHeaders = new ResponseHeadersPolicy(scope, 'SiteHeaders', {
    securityHeadersBehavior: {
      ...security,
      contentSecurityPolicy: {
        override: true,
        // scripts by hash: the site's own pages carry them in a meta tag, made by the build
        contentSecurityPolicy: Fn.join('', [
          "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; ",
          "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; script-src 'self' 'unsafe-inline'; ",
          `connect-src 'self' https://cognito-idp.${Aws.REGION}.amazonaws.com https://s3.${Aws.REGION}.amazonaws.com `,
          moreConnections.valueAsString,
        ]),
      },
    },
  });
  const liveHeaders = new ResponseHeadersPolicy(scope, 'LiveHeaders', {
    securityHeadersBehavior: security,
    // the edge may share a file among those it let in; a phone keeps it for its owner only
    customHeadersBehavior: {
      customHeaders: [{ header: 'cache-control', value: 'private, max-age=0, must-revalidate', override: true }],
    },
    // each version has its etag; these would be told anew with every one, some thousand bytes in an evening
    removeHeaders: ['last-modified', 'x-amz-version-id'],
  });
  const fileHeaders = new ResponseHeadersPolicy(scope, 'FileHeaders', { securityHeadersBehavior: security });

  const noCookies = {
    cookieBehavior: CacheCookieBehavior.none(),
    headerBehavior: CacheHeaderBehavior.none(),
    queryStringBehavior: CacheQueryStringBehavior.none(),
    enableAcceptEncodingGzip: true,
    enableAcceptEncodingBrotli: true,
  };
  const liveCache = new CachePolicy(scope, 'LiveCache', {
    ...noCookies,
    comment: 'State of meetings and branches: fresh within two seconds, however many look.',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(2),
    maxTtl: Duration.seconds(5),
  });
  const fileCache = new CachePolicy(scope, 'FileCache', {
    ...noCookies,
    comment: 'Packs, papers and pages: named by their hash, so never stale.',
    minTtl: Duration.days(1),
    defaultTtl: Duration.days(365),
    maxTtl: Duration.days(365),
  });
  const siteCache = new CachePolicy(scope, 'SiteCache', {
    ...noCookies,
    comment: 'The app itself, as long as each file says.',
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.minutes(1),
    maxTtl: Duration.days(365),
  });

  const contentGate = new EdgeFunction(scope, 'ContentGate', {
    code: FunctionCode.fromFile({ filePath: 'functions/edge/content.js' }),
    runtime: FunctionRuntime.JS_2_0,
    keyValueStore: edgeStore,
    comment: 'Who may fetch which content path.',
  });
  const siteRewrite = new EdgeFunction(scope, 'SiteRewrite', {
    code: FunctionCode.fromFile({ filePath: 'functions/edge/site.js' }),
    runtime: FunctionRuntime.JS_2_0,
    comment: 'Addresses inside the app are answered by the app; nothing else is ever replaced.',
  });

  const siteFiles = S3BucketOrigin.withOriginAccessControl(site);
  const contentFiles = S3BucketOrigin.withOriginAccessControl(content, {
    // with it a missing file is "not there", not "not allowed": a branch that has met for the first time must see the difference
    originAccessLevels: [AccessLevel.READ, AccessLevel.LIST],
    connectionTimeout: Duration.seconds(3),
    connectionAttempts: 2,
  });
  const gated = {
    viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
    functionAssociations: [{ function: contentGate, eventType: FunctionEventType.VIEWER_REQUEST }],
    compress: true,
  };
  const domain: string | undefined = scope.node.tryGetContext('domain');
  const certificate: string | undefined = scope.node.tryGetContext('certificate');
  const distribution = new Distribution(scope, 'Edge', {
    comment: 'So tay dang vien',
    minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
    priceClass: PriceClass.PRICE_CLASS_200,
    enableLogging: false,
    // else the edge keeps an error for ten seconds and for everybody, even where it keeps nothing: one member's 404 for all
    errorResponses: [404, 414, 500, 501, 502, 503, 504].map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    // `npm run deploy -- --domain … --certificate …`; without them the distribution's own name serves
    ...(domain !== undefined &&
      certificate !== undefined && {
        domainNames: [domain],
        certificate: Certificate.fromCertificateArn(scope, 'Certificate', certificate),
      }),
    defaultBehavior: {
      origin: siteFiles,
      viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
      cachePolicy: siteCache,
      responseHeadersPolicy: siteHeaders,
      functionAssociations: [{ function: siteRewrite, eventType: FunctionEventType.VIEWER_REQUEST }],
      compress: true,
    },
    additionalBehaviors: {
      '/content/live/*': {
        ...gated,
        origin: contentFiles,
        cachePolicy: liveCache,
        responseHeadersPolicy: liveHeaders,
      },
      '/content/*': {
        ...gated,
        origin: contentFiles,
        cachePolicy: fileCache,
        responseHeadersPolicy: fileHeaders,
      },
      '/api/openapi.json': {
        origin: siteFiles,
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        cachePolicy: siteCache,
        compress: true,
      },
      '/api/ballots/*': {
        origin: new HttpOrigin(Fn.select(2, Fn.split('/', ballotBox.apiEndpoint)), {
          customHeaders: { 'x-origin-secret': originSecretValue },
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: withoutCookies,
      },
      '/api/*': {
        origin: new HttpOrigin(Fn.select(2, Fn.split('/', api.apiEndpoint)), {
          customHeaders: { 'x-origin-secret': originSecretValue },
          readTimeout: Duration.seconds(30),
        }),
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        allowedMethods: AllowedMethods.ALLOW_ALL,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        compress: true,
      },
    },
  });

  // what a deployment needs to go on: where the site's files go, and the pool of the first officer
  new CfnOutput(scope, 'SiteBucket', { value: site.bucketName });
  new CfnOutput(scope, 'SiteAddress', { value: `https://${distribution.distributionDomainName}` });
  new CfnOutput(scope, 'StaffPoolId', { value: staffPool.userPoolId });

  return {
    house: {
      api,
      identity,
      audit,
      originSecret: originSecretValue,
      siteOrigin: siteOrigin.valueAsString,
      cookieSuffix: cookieSuffix.valueAsString,
    },
    ballotBox,
    masterKey,
    edgeStore,
    staffPool,
    staffClient,
    memberPool,
    memberClient,
    content: new BucketFiles(content, 'CONTENT_BUCKET'),
    inbox: new BucketFiles(inbox, 'INBOX_BUCKET'),
    seals: new BucketFiles(seals, 'SEAL_BUCKET'),
    distribution,
  };
};
export type Edge = ReturnType<typeof edge>;
