export { acceptanceFaults, acceptanceNumbers } from './acceptanceFaults.ts';
export { contractSuiteFaults } from './contractSuiteFaults.ts';
export { errorDocFaults, type ErrorTable } from './errorDocFaults.ts';
export { lockFileFaults } from './lockFileFaults.ts';
export { parityFaults, parityIds } from './parityFaults.ts';
export { settingDocFaults, type DocumentedSetting } from './settingDocFaults.ts';
export { folderFaults, sourceFaults, type WorkspaceFile } from './sourceFaults.ts';
export { testTitles } from './testTitles.ts';
export { workspaceFiles } from './workspaceFiles.ts';
