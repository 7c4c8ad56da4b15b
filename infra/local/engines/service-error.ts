/** An answer that a service gives instead of a result: HTTP status, the service's own error code, a sentence. */
export interface ServiceError extends Error {
  readonly status: number;
  readonly code: string;
}

export const serviceError = (status: number, code: string, message: string = code): ServiceError =>
  Object.assign(new Error(message), { status, code });

export const isServiceError = (thrown: unknown): thrown is ServiceError =>
  thrown instanceof Error && 'status' in thrown && typeof thrown.status === 'number' && 'code' in thrown;
