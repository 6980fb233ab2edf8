import { misspeltSettings } from './misspeltSettings.ts';

const settings = [
  { name: 'WRITE_BRAKE', description: '', kind: 'string' },
  { name: 'API_TOKEN', description: '', kind: 'string', secret: true },
] as const;

describe('a setting that seems misspelt', () => {
  it('has nearly the name of one that is not set', () => {
    const env = { WRITE_BREAK: 'off', API_TOKEN_FILE: '/x', PATH: '/bin', WRITE_BRIGHTLY: '1' };

    expect(misspeltSettings(settings, env)).toEqual([{ name: 'WRITE_BREAK', nearest: 'WRITE_BRAKE' }]);
  });

  it('is somebody else’s where the one that it resembles is set', () => {
    expect(misspeltSettings(settings, { WRITE_BREAK: 'off', WRITE_BRAKE: 'on' })).toEqual([]);
  });
});
