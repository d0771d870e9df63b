import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Tests of whole programs come first: they take longest and mostly wait, so the processors are not left to the slowest of them at
 * the end.
 */
export default class WholeFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isWhole = ({ project }: TestSpecification): boolean => project.name === 'whole';
    return [...sorted.filter(isWhole), ...sorted.filter((file) => !isWhole(file))];
  }
}
