import { findRequiredTools, javaMajorVersion } from './requiredTools.ts';
import type { RunTool } from './requiredTools.ts';

/** A machine on which exactly these commands answer. */
const machineWith =
  (answers: Record<string, string>): RunTool =>
  async (command) =>
    answers[command];

const complete = {
  java: 'openjdk version "17.0.15" 2025-04-15',
  'python3.11': '',
  mvn: 'Apache Maven 3.8.7',
};

describe('findRequiredTools', () => {
  it('names all missing tools at once, each with how to get it', async () => {
    const search = findRequiredTools({}, true, machineWith({}));
    await expect(search).rejects.toMatchObject({ name: 'StackSetupError' });
    await expect(search).rejects.toThrow(
      /Java 17 or newer.*install openjdk-17[^]*Python 3\.11 or newer.*python3\.11-venv[^]*Maven.*install maven/,
    );
  });

  it('names only what is missing', async () => {
    const { java } = complete;
    const search = findRequiredTools({}, true, machineWith({ java, mvn: 'Apache Maven 3.8.7' }));
    await expect(search).rejects.toThrow(/^missing: Python(?![^]*missing:)/);
  });

  it('does without Maven when everything is cached', async () => {
    const { java } = complete;
    const tools = await findRequiredTools({}, false, machineWith({ java, 'python3.11': '' }));
    expect(tools).toMatchObject({ java: 'java', python: 'python3.11' });
  });

  it('prefers JAVA_HOME, and passes over one that is too old', async () => {
    const at = (version: string): RunTool =>
      machineWith({ ...complete, '/jdk/bin/java': `openjdk version "${version}"` });
    await expect(findRequiredTools({ JAVA_HOME: '/jdk' }, true, at('21.0.2'))).resolves.toMatchObject({
      java: '/jdk/bin/java',
    });
    await expect(findRequiredTools({ JAVA_HOME: '/jdk' }, true, at('11.0.2'))).resolves.toMatchObject({
      java: 'java',
    });
  });

  it('counts a Java that is too old as missing', async () => {
    const search = findRequiredTools(
      {},
      true,
      machineWith({ ...complete, java: 'java version "1.8.0_292"' }),
    );
    await expect(search).rejects.toThrow('Java 17 or newer');
  });
});

it.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['openjdk version "21" 2023-09-19', 21],
  ['java version "1.8.0_292"', 8],
  ['command not found', 0],
])('reads the major version of %s', (answer, major) => {
  expect(javaMajorVersion(answer)).toBe(major);
});
