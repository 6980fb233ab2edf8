import { isCallbackAllowed } from './callbackHosts.ts';

const allowed = { hosts: ['*.adobe.io', 'hooks.example.com'], marketoUrl: 'http://127.0.0.1:4010' };

describe('the address of a callback', () => {
  it.each([
    'https://a.adobe.io/x',
    'https://b.a.ADOBE.io/x',
    'https://hooks.example.com/',
    'http://127.0.0.1:4010/x',
  ])('is called: %s', (address) => {
    expect(isCallbackAllowed(address, allowed)).toBe(true);
  });

  it.each([
    'http://a.adobe.io/x',
    'https://adobe.io/x',
    'https://a.adobe.io.example.com/x',
    'https://badadobe.io/x',
    'https://a.hooks.example.com/',
    'http://127.0.0.1:4011/x',
    'https://127.0.0.1:4010/x',
    'https://a.adobe.io@example.com/x',
    'file:///etc/hosts',
    'nonsense',
  ])('is not called: %s', (address) => {
    expect(isCallbackAllowed(address, allowed)).toBe(false);
  });
});
