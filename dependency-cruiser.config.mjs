/** No file of a package leads back to itself by what it imports, types included: one can be read after the other. */
export default {
  forbidden: [{ name: 'no-circular', severity: 'error', from: {}, to: { circular: true } }],
  options: {
    includeOnly: '^(apps|libs|tools)/[^/]+/src/',
    tsConfig: { fileName: 'tsconfig.base.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['@lockstep/source', 'import'] },
  },
};
