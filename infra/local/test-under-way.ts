import { writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';

/**
 * Keeps in the file that UNDER_WAY names which test of which file is running: whoever has to stop a run that hangs can say
 * where. The file holds one line for each.
 */
export default class UnderWay implements Reporter {
  readonly #running = new Map<string, string>();

  onTestModuleStart({ relativeModuleId }: TestModule): void {
    this.#note(relativeModuleId, 'before its first test');
  }
  onTestCaseReady({ module, fullName }: TestCase): void {
    this.#note(module.relativeModuleId, fullName);
  }
  onTestCaseResult({ module, fullName }: TestCase): void {
    this.#note(module.relativeModuleId, `after "${fullName}"`);
  }
  onTestModuleEnd({ relativeModuleId }: TestModule): void {
    this.#running.delete(relativeModuleId);
    this.#write();
  }

  #note(file: string, test: string): void {
    this.#running.set(file, test);
    this.#write();
  }
  #write(): void {
    const lines = [...this.#running].map(([file, test]) => `${file}: ${test}`);
    if (process.env['UNDER_WAY']) writeFileSync(process.env['UNDER_WAY'], lines.join('\n'));
  }
}
