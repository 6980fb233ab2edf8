import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse, parseAllDocuments } from 'yaml';
import { markdownRows, quotedName } from './markdownRows.ts';

type Source = {
  readonly configMapRef?: { name: string };
  readonly secretRef?: { name: string; optional?: true };
};
type Container = {
  readonly image: string;
  readonly envFrom: readonly Source[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly securityContext?: { readonly readOnlyRootFilesystem: boolean };
  readonly resources?: { readonly limits: { readonly memory: string } };
  readonly readinessProbe?: { readonly exec: { readonly command: readonly string[] } };
};
type Manifest = {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly Container[] } } };
};
type Kustomization = {
  readonly resources: readonly string[];
  readonly patches: readonly { readonly path: string }[];
  readonly configMapGenerator: readonly {
    readonly envs?: readonly string[];
    readonly files?: readonly string[];
  }[];
  readonly images: readonly { readonly name: string }[];
};
type Compose = {
  readonly 'x-service': {
    readonly read_only: boolean;
    readonly mem_limit: string;
    readonly healthcheck: { readonly test: readonly string[] };
  };
  readonly services: Readonly<Record<string, { readonly image: string; readonly environment: object }>>;
};
type Load = (env: Readonly<Record<string, string | undefined>>) => unknown;

const root = join(__dirname, '../../..');
const folder = join(root, 'deploy/kubernetes');
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8');
const manifestsOf = (file: string): Manifest[] =>
  parseAllDocuments(textOf(`deploy/kubernetes/${file}`)).map((document) => document.toJS() as Manifest);

const kustomization = parse(textOf('deploy/kubernetes/kustomization.yaml')) as Kustomization;
const compose = parse(textOf('docker-compose.yml'), { merge: true }) as Compose;
const secretKeys = new Map(
  markdownRows(textOf('docs/kubernetes.md')).flatMap(([secret, keys]) => {
    const key = quotedName(keys);
    return secret?.startsWith('`lockstep-') && key ? [[secret.split('`')[1], key] as const] : [];
  }),
);

/** What a container gets, with a value for each secret that is not optional. */
function environmentOf({ envFrom }: Container): Record<string, string | undefined> {
  const secrets = envFrom.flatMap(({ secretRef }) =>
    secretRef && !secretRef.optional
      ? [[secretKeys.get(secretRef.name) ?? secretRef.name, 'mongodb://secret']]
      : [],
  );

  return {
    HOSTNAME: 'pod',
    ...parseEnv(textOf('deploy/kubernetes/settings.env')),
    ...Object.fromEntries(secrets),
  };
}

function containerOf(file: string): Container {
  const [container] = manifestsOf(file)[0]?.spec.template.spec.containers ?? [];
  if (container === undefined) throw new Error(`${file} has no container.`);

  return container;
}

const load = (app: string, name: string): Load =>
  jest.requireActual<Readonly<Record<string, Load>>>(join(root, `apps/${app}/src/config.ts`))[name] as Load;

describe('the manifests for Kubernetes', () => {
  it('are all named by the kustomization, and all there', () => {
    const generated = kustomization.configMapGenerator.flatMap(({ envs = [], files = [] }) => [
      ...envs,
      ...files,
    ]);
    const named = [
      ...kustomization.resources,
      ...kustomization.patches.map(({ path }) => path),
      ...generated,
    ];

    expect([...named, 'kustomization.yaml'].sort()).toEqual(readdirSync(folder).sort());
  });

  it.each(['extractor', 'marketing', 'reconciler'])('give the %s every setting that it needs', (app) => {
    const container = containerOf(`${app}.yaml`);

    expect(() => load(app, 'loadConfig')(environmentOf(container))).not.toThrow();
    expect(() => load(app, 'loadConfig')(environmentOf({ ...container, envFrom: [] }))).toThrow();
    expect(container.image).toBe(compose.services[app]?.image);
    expect(kustomization.images).toContainEqual(expect.objectContaining({ name: container.image }));
  });

  it.each(['extractor', 'marketing', 'reconciler', 'topics', 'console'])(
    'give the %s the files that settings may name',
    (name) => {
      const { LOCKSTEP_FILE: file = '' } = parseEnv(textOf('deploy/kubernetes/settings.env'));

      expect(containerOf(`${name}.yaml`).volumeMounts).toEqual([
        { name: 'rules', mountPath: dirname(file), readOnly: true },
      ]);
    },
  );

  it('give the job of the topics every setting that it needs', () => {
    const config = load('console', 'loadTopicConfig')(environmentOf(containerOf('topics.yaml')));

    expect(config).toMatchObject({ topicReplicationFactor: 3, topicMinInsyncReplicas: 2 });
  });

  it('take a service for well, and give it as much memory and rights, as compose does', () => {
    const { readinessProbe, resources, securityContext } = containerOf('service.patch.yaml');
    const { mem_limit, healthcheck, read_only } = compose['x-service'];

    expect(['CMD', ...(readinessProbe?.exec.command ?? [])]).toEqual(healthcheck.test);
    expect(resources?.limits.memory).toBe(mem_limit.replace('m', 'Mi'));
    expect(securityContext?.readOnlyRootFilesystem).toBe(read_only);
  });
});
