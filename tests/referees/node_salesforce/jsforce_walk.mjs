// jsforce, unchanged, through the simulated org: one check after the other, one JSON line each on stdout.
// Arguments: base URL, access token, client id, client secret, user name.
import assert from 'node:assert/strict';
import jsforce from 'jsforce';

const [baseUrl, accessToken, clientId, clientSecret, username] = process.argv.slice(2);
const conn = new jsforce.Connection({ instanceUrl: baseUrl, accessToken, version: '66.0' });
conn.bulk2.pollInterval = 50;
const mark = `js-${process.pid}-${Math.floor(performance.now())}`;

const checks = {
  async rows() {
    const made = await conn.sobject('Contact').create({ LastName: mark, Email: 'js@x.example' });
    assert.equal(made.success, true);
    const contact = await conn.sobject('Contact').retrieve(made.id);
    assert.equal(contact.LastName, mark);
    assert.equal(contact.attributes.type, 'Contact');
    const changed = await conn.sobject('Contact').update({ Id: made.id, Title: 'CTO' });
    assert.equal(changed.success, true);
    assert.equal((await conn.sobject('Contact').destroy(made.id)).success, true);
    await assert.rejects(conn.sobject('Contact').retrieve(made.id), (e) => ['NOT_FOUND', 'ENTITY_IS_DELETED'].includes(e.errorCode));
  },
  async collections() {
    const records = [1, 2, 3].map((n) => ({ LastName: `${mark} c${n}` }));
    const made = await conn.sobject('Contact').create(records);
    assert.deepEqual(made.map((r) => r.success), [true, true, true]);
    const ids = made.map((r) => r.id);
    const read = await conn.sobject('Contact').retrieve(ids);
    assert.deepEqual(read.map((r) => r.LastName), records.map((r) => r.LastName));
    const mixed = await conn.sobject('Contact').create([{ LastName: `${mark} ok` }, {}], { allOrNone: false });
    assert.equal(mixed[0].success, true);
    assert.equal(mixed[1].errors[0].errorCode ?? mixed[1].errors[0].statusCode, 'REQUIRED_FIELD_MISSING');
    assert.ok((await conn.sobject('Contact').update(ids.map((Id) => ({ Id, Title: 'x' })))).every((r) => r.success));
    assert.ok((await conn.sobject('Contact').destroy(ids)).every((r) => r.success));
  },
  async allOrNone() {
    const before = await conn.query(`SELECT COUNT() FROM Contact WHERE LastName = '${mark} all'`);
    await conn.sobject('Contact').create([{ LastName: `${mark} all` }, {}], { allOrNone: true }).catch(() => null);
    const after = await conn.query(`SELECT COUNT() FROM Contact WHERE LastName = '${mark} all'`);
    assert.equal(after.totalSize, before.totalSize);
  },
  async upsert() {
    const one = await conn.sobject('Lead').upsert({ Pasodoble_Key__c: mark, LastName: 'L', Company: 'C' }, 'Pasodoble_Key__c');
    assert.equal(one.created, true);
    const two = await conn.sobject('Lead').upsert({ Pasodoble_Key__c: mark, LastName: 'M' }, 'Pasodoble_Key__c');
    assert.equal(two.created, false);
    assert.equal(two.id, one.id);
    const many = await conn.sobject('Lead').upsert(
      [1, 2].map((n) => ({ Pasodoble_Key__c: `${mark}-${n}`, LastName: `${n}`, Company: 'C' })), 'Pasodoble_Key__c');
    assert.ok(many.every((r) => r.success));
  },
  async queries() {
    const all = await conn.query('SELECT Id, Name, Account.Name FROM Contact ORDER BY Name LIMIT 5');
    assert.equal(all.records.length, 5);
    const rows = await conn.sobject('Lead').find({ LastName: { $ne: null } }, ['Id', 'Name', 'Owner.Name']).sort({ CreatedDate: -1 }).limit(3);
    assert.equal(rows.length, 3);
    assert.equal(await conn.sobject('Lead').count({ LastName: { $like: 'zzz%' } }), 0);
    const parents = await conn.sobject('Account').select('Id, Name').include('Contacts').select('Id, LastName').limit(1).end().where('Id != null').limit(3);
    assert.equal(parents.length, 3);
    const groups = await conn.query('SELECT LeadSource, COUNT(Id) n FROM Lead GROUP BY LeadSource');
    assert.ok(groups.records.every((r) => r.n > 0 && r.attributes.type === 'AggregateResult'));
  },
  async fetchesEveryPage() {
    const campaigns = [...Array(450).keys()].map((n) => ({ Name: `${mark} ${n}` }));
    for (let at = 0; at < campaigns.length; at += 200) await conn.sobject('Campaign').create(campaigns.slice(at, at + 200));
    const names = [];
    await conn.query(`SELECT Name FROM Campaign WHERE Name LIKE '${mark} %'`, { autoFetch: true, maxFetch: 1000, headers: { 'Sforce-Query-Options': 'batchSize=200' } })
      .on('record', (r) => names.push(r.Name)).run({ autoFetch: true, maxFetch: 1000 });
    assert.equal(new Set(names).size, 450);
  },
  async wrongQuery() {
    await assert.rejects(conn.query('SELECT Foo FROM Lead'), (e) => e.errorCode === 'INVALID_FIELD' && /ERROR at Row:1:Column:8/.test(e.message));
    await assert.rejects(conn.query('SELECT Id FORM Lead'), (e) => e.errorCode === 'MALFORMED_QUERY');
  },
  async describes() {
    const global = await conn.describeGlobal();
    assert.ok(global.sobjects.some((s) => s.name === 'Lead'));
    const lead = await conn.describe('Lead');
    assert.equal(lead.fields.find((f) => f.name === 'Email').type, 'email');
    const described = await conn.sobject('Lead').describe$();
    assert.equal(described.name, 'Lead');
  },
  async replication() {
    const made = await conn.sobject('Contact').create({ LastName: `${mark} r` });
    const start = new Date(Date.now() - 600000), end = new Date(Date.now() + 120000);
    assert.ok((await conn.sobject('Contact').updated(start, end)).ids.includes(made.id));
    await conn.sobject('Contact').destroy(made.id);
    assert.ok((await conn.sobject('Contact').deleted(start, end)).deletedRecords.some((r) => r.id === made.id));
  },
  async bulk2() {
    const input = [...Array(20).keys()].map((n) => ({ LastName: `${mark} b${n}`, Email: `b${n}@x.example` }));
    const made = await conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'insert', input });
    assert.equal(made.successfulResults.length, 20);
    assert.ok(made.successfulResults[0].sf__Id);
    const updates = made.successfulResults.map((r) => ({ Id: r.sf__Id, Title: 'Bulk, "quoted"' }));
    const changed = await conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'update', input: [...updates, { Id: '003000000000000AAA', Title: 'x' }] });
    assert.deepEqual([changed.successfulResults.length, changed.failedResults.length], [20, 1]);
    const rows = await (await conn.bulk2.query(`SELECT Id, Title FROM Contact WHERE LastName LIKE '${mark} b%'`)).toArray();
    assert.equal(rows.length, 20);
    assert.equal(rows[0].Title, 'Bulk, "quoted"');
    const gone = await conn.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'delete', input: updates.map(({ Id }) => ({ Id })) });
    assert.equal(gone.successfulResults.length, 20);
  },
  async searches() {
    await conn.sobject('Account').create({ Name: `Searched ${mark}` });
    const found = await conn.search(`FIND {"Searched ${mark}"} IN NAME FIELDS RETURNING Account(Id, Name)`);
    assert.equal(found.searchRecords[0].Name, `Searched ${mark}`);
  },
  async limitsAndIdentity() {
    assert.ok((await conn.limits()).DailyApiRequests.Max > 0);
    assert.ok(conn.limitInfo.apiUsage.limit > 0);
    assert.equal((await conn.identity()).username, username);
  },
  async compositeAndTree() {
    const answer = await conn.requestPost('/services/data/v66.0/composite', {
      compositeRequest: [
        { method: 'POST', url: '/services/data/v66.0/sobjects/Account', referenceId: 'a', body: { Name: mark } },
        { method: 'GET', url: '/services/data/v66.0/sobjects/Account/@{a.id}?fields=Name', referenceId: 'b' },
      ],
    });
    assert.deepEqual(answer.compositeResponse.map((r) => r.httpStatusCode), [201, 200]);
    const tree = await conn.requestPost('/services/data/v66.0/composite/tree/Account', {
      records: [{ attributes: { type: 'Account', referenceId: 't1' }, Name: `${mark} tree`,
        Contacts: { records: [{ attributes: { type: 'Contact', referenceId: 't2' }, LastName: mark }] } }],
    });
    assert.equal(tree.hasErrors, false);
    assert.equal(tree.results.length, 2);
  },
  async soapLogin() {
    const soap = new jsforce.Connection({ loginUrl: baseUrl, version: '66.0' });
    const user = await soap.login(username, 'any password');
    assert.ok(user.id.startsWith('005') && user.organizationId.startsWith('00D'));
    assert.ok((await soap.query('SELECT Id FROM User LIMIT 1')).totalSize > 0);
  },
  async soapConversion() {
    const lead = await conn.sobject('Lead').create({ LastName: mark, Company: mark });
    const { records } = await conn.query('SELECT ApiName FROM LeadStatus WHERE IsConverted = true LIMIT 1');
    const result = await conn.soap.convertLead({ leadId: lead.id, convertedStatus: records[0].ApiName });
    assert.equal(String(result.success), 'true');
    const contact = await conn.sobject('Contact').retrieve(result.contactId);
    assert.equal(contact.LastName, mark);
  },
  async soapMerge() {
    const [a, b] = await conn.sobject('Account').create([{ Name: `${mark} m1` }, { Name: `${mark} m2` }]);
    const result = await conn.soap.merge({ masterRecord: { type: 'Account', Id: a.id }, recordToMergeIds: [b.id] });
    assert.equal(String(result.success), 'true');
    const { records } = await conn.query(`SELECT MasterRecordId FROM Account WHERE Id = '${b.id}'`, { scanAll: true });
    assert.equal(records[0].MasterRecordId, a.id);
  },
  async webServerFlowWithPkce() {
    const oauth2 = new jsforce.OAuth2({ loginUrl: baseUrl, clientId, clientSecret, redirectUri: 'http://127.0.0.1:1/back', useVerifier: true });
    const page = await fetch(oauth2.getAuthorizationUrl({ scope: 'api refresh_token', state: 's1' }), { redirect: 'manual' });
    let location = page.headers.get('location');
    if (!location) {
      const html = await page.text();
      const form = new URLSearchParams([...html.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)].map((m) => [m[1], m[2].replaceAll('&amp;', '&')]));
      form.set('approve', form.get('approve') ?? 'yes');
      const action = html.match(/action="([^"]+)"/)?.[1] ?? '/services/oauth2/authorize';
      location = (await fetch(new URL(action, baseUrl), { method: 'POST', body: form, redirect: 'manual' })).headers.get('location');
    }
    const back = new URL(location);
    assert.equal(back.searchParams.get('state'), 's1');
    const visitor = new jsforce.Connection({ oauth2, version: '66.0' });
    await visitor.authorize(back.searchParams.get('code'));
    assert.ok(visitor.refreshToken);
    assert.ok((await visitor.query('SELECT Id FROM User LIMIT 1')).totalSize > 0);
    const stale = new jsforce.Connection({ oauth2: { loginUrl: baseUrl, clientId, clientSecret }, instanceUrl: baseUrl, accessToken: 'stale', refreshToken: visitor.refreshToken, version: '66.0' });
    assert.ok((await stale.query('SELECT Id FROM User LIMIT 1')).totalSize > 0);
    await visitor.logout();
    await assert.rejects(new jsforce.Connection({ instanceUrl: baseUrl, accessToken: 'stale', version: '66.0' }).query('SELECT Id FROM User'), (e) => e.errorCode === 'INVALID_SESSION_ID');
  },
};

for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(JSON.stringify({ name, ok: true }));
  } catch (error) {
    console.log(JSON.stringify({ name, ok: false, why: `${error.errorCode ?? error.name}: ${error.message}`.slice(0, 2000) }));
  }
}
process.exit(0);
