import { type Stack, Validations } from 'aws-cdk-lib';

/** Every finding of cdk-nag that stands, with the reason it does. A new finding without one ends the synthesis. */
const reasons: Readonly<Record<string, string>> = {
  'AwsSolutions-SMG4':
    'Keys are derived from the master secret per week and rotate by schedule without it; the origin secret is changed by a deployment.',
  'AwsSolutions-COG1': 'Twelve characters and no composition rules, as OWASP ASVS 6.2.5 asks.',
  'AwsSolutions-COG8':
    'Threat protection would see every staff sign-in for a price per head; a second factor is required instead.',
  'AwsSolutions-APIG4':
    'Each request is authorised in the function by its signed pass, session version and roles; calls that did not come through the CDN are refused.',
  'AwsSolutions-CFR1': 'Members travel and work abroad.',
  'AwsSolutions-CFR2':
    'A hall is one address: an IP rule would block it. Limits are kept per session, code prefix and branch.',
  'AwsSolutions-CFR3':
    'A log of addresses and paths would tell who read what; use is counted from the facts members send.',
  'AwsSolutions-CFR4': 'The own certificate and TLS 1.2 come with the domain at deployment (README, Deploy).',
};

export const acknowledge = (stack: Stack): void => {
  for (const [id, reason] of Object.entries(reasons)) Validations.of(stack).acknowledge({ id, reason });
};
