// An OpenID provider for the tests. It signs everybody in who is named in `login_hint`, and prints its issuer.
//
//   node provider.mjs REDIRECT_URI [userinfo]
//
// With `userinfo` it tells e-mail and roles only behind the access token, as many providers do.

import http from 'node:http';
import Provider from 'oidc-provider';

// What it says of itself would go into a pipe that nobody reads.
console.info = console.warn = () => {};

const [redirect, where] = process.argv.slice(2);

const accounts = {
  'wang-at-idp': { email: 'Wang.Fang@desk.example', email_verified: true, roles: ['desk-agents', 'desk-leads', 'other'] },
  'heir-of-wang': { email: 'wang.fang@desk.example', email_verified: true, roles: ['desk-agents'] },
  unverified: { email: 'wang.fang@desk.example', email_verified: false, roles: ['desk-agents'] },
  unmapped: { email: 'wang.fang@desk.example', email_verified: true, roles: ['other'] },
  newcomer: { email: 'new.comer@desk.example', email_verified: true, roles: 'desk-agents', preferred_username: 'New.Comer', name: 'New Comer' },
};

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: 'hark', client_secret: 'a secret between the two', redirect_uris: [redirect] }],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username', 'roles'] },
    conformIdTokenClaims: where === 'userinfo',
    cookies: { keys: ['a key of the tests'] },
    features: { devInteractions: { enabled: false } },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
  });
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url.startsWith('/interaction/')) return answer(request, response);
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    let result = { login: { accountId: params.login_hint } };
    if (prompt.name === 'consent') {
      const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
      grant.addOIDCScope(params.scope);
      result = { consent: { grantId: await grant.save() } };
    }
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  });
  console.log(`issuer ${issuer}`);
});
