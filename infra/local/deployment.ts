/** Schedules that a deployment runs once when it is done, by the beginning of their logical id: without keys nobody signs in. */
export const afterDeployment: readonly string[] = ['AccessKeysDue'];
