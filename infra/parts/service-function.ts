import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Architecture, Code, type IVersion, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { EnvName } from '../../functions/runtime/env.ts';

export interface ServiceFunctionProps {
  /** `<context>/<file>` below `dist`, made by functions/build.ts. */
  readonly entry: string;
  /** What a member or secretary notices when this function fails. Stands in the alarm. */
  readonly impact: string;
  readonly memoryMb?: number;
  readonly timeoutSeconds?: number;
  /** It may not write a line: neither its own nor those that Lambda writes for it. */
  readonly silent?: true;
}

/** A function of ours: arm64, Node 24, a pre-built bundle, logs kept 90 days, an alarm that names its impact. */
export class ServiceFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: ServiceFunctionProps) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join('dist', props.entry)),
      memorySize: props.memoryMb ?? 512,
      timeout: Duration.seconds(props.timeoutSeconds ?? 15),
      logGroup,
      // its own role: AWS's managed one may write any log of the account
      role: new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
      description: props.impact,
    });
    if (!props.silent) logGroup.grantWrite(this);
    new Alarm(scope, `${id}Errors`, {
      metric: this.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.impact} Runbook: README "A function fails".`,
    });
  }

  private alias: Alias | undefined;

  /** The function under a name whose environments can be kept ready: what members call in the meeting hour. */
  get warm(): Alias {
    // CDK's own types disagree about `undefined` under exactOptionalPropertyTypes
    this.alias ??= new Alias(this, 'Warm', { aliasName: 'warm', version: this.currentVersion as IVersion });
    return this.alias;
  }

  /** Tells the function a name; only grants call this. */
  learn(name: EnvName, value: string): void {
    this.addEnvironment(name, value);
  }
}
