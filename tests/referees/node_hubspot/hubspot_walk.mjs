// The official Node client, unchanged, against the simulated HubSpot. One line of JSON a check: {"name", "ok", "why"}.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import hubspot from '@hubspot/api-client'

const [base, token, clientId, clientSecret, developerKey, deliveryFile] = process.argv.slice(2)
const client = new hubspot.Client({ accessToken: token, basePath: base })
const developer = new hubspot.Client({ developerApiKey: developerKey, basePath: base })

async function refused(call) {
  try {
    await call()
  } catch (error) {
    return error
  }
  throw new Error('the call went well')
}

const checks = {
  async contacts() {
    const { basicApi, batchApi, searchApi } = client.crm.contacts
    const made = await basicApi.create({ properties: { email: 'node@client.test', firstname: 'Ana' }, associations: [] })
    assert.equal((await basicApi.getById('node@client.test', ['firstname'], undefined, undefined, false, 'email')).id, made.id)
    await basicApi.update(made.id, { properties: { firstname: 'Eva' } })
    const told = await basicApi.getById(made.id, undefined, ['firstname'])
    assert.deepEqual(told.propertiesWithHistory.firstname.map((entry) => entry.value), ['Eva', 'Ana'])
    const read = await batchApi.read({ inputs: [{ id: made.id }, { id: '987654' }], properties: ['email'], propertiesWithHistory: [] })
    assert.equal(read.numErrors, 1)
    const found = await searchApi.doSearch({
      filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: 'node@client.test' }] }],
      sorts: ['-createdate'],
      properties: ['email'],
      limit: 5,
      after: '0',
    })
    assert.equal(found.total, 1)
    await basicApi.archive(made.id)
    assert.equal((await refused(() => basicApi.getById(made.id))).code, 404)
    assert.ok((await client.crm.contacts.getAll(10)).length > 10)
  },
  async conflicts() {
    const egg = { properties: { email: 'twice@node.test' }, associations: [] }
    const made = await client.crm.contacts.basicApi.create(egg)
    const error = await refused(() => client.crm.contacts.basicApi.create(egg))
    assert.equal(error.code, 409)
    assert.equal(error.body.message, `Contact already exists. Existing ID: ${made.id}`)
  },
  async associations() {
    const company = await client.crm.companies.basicApi.create({ properties: { name: 'Node Ltd' }, associations: [] })
    const contact = await client.crm.contacts.basicApi.create({
      properties: { email: 'assoc@node.test' },
      associations: [{ to: { id: company.id }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }] }],
    })
    const page = await client.crm.associations.v4.basicApi.getPage('contacts', contact.id, 'companies')
    assert.equal(page.results[0].toObjectId, company.id)
    await client.crm.associations.v4.basicApi.archive('contacts', contact.id, 'companies', company.id)
  },
  async definitions() {
    assert.ok((await client.crm.properties.coreApi.getAll('contacts')).results.length > 50)
    assert.ok((await client.crm.pipelines.pipelinesApi.getAll('deals')).results[0].stages.length > 3)
    assert.ok((await client.crm.owners.ownersApi.getPage()).results.length >= 4)
    assert.ok((await client.crm.schemas.coreApi.getAll()).results)
  },
  async lists() {
    const contact = await client.crm.contacts.basicApi.create({ properties: { email: 'list@node.test' }, associations: [] })
    const { list } = await client.crm.lists.listsApi.create({ name: 'Node', objectTypeId: '0-1', processingType: 'MANUAL' })
    const added = await client.crm.lists.membershipsApi.add(list.listId, [contact.id])
    assert.deepEqual(added.recordsIdsAdded ?? added.recordIdsAdded, [contact.id])
    assert.equal((await client.crm.lists.membershipsApi.getPage(list.listId)).results[0].recordId, contact.id)
    await client.crm.lists.listsApi.remove(list.listId)
  },
  async engagements() {
    const note = await client.crm.objects.notes.basicApi.create({
      properties: { hs_note_body: 'x', hs_timestamp: String(Date.now()) },
      associations: [],
    })
    assert.ok((await client.crm.objects.notes.basicApi.getById(note.id)).id)
    assert.ok((await client.crm.deals.basicApi.getPage(2)).results.length)
  },
  async marketing() {
    const made = await client.marketing.emails.marketingEmailsApi.create({ name: 'Node', subject: 'Hello' })
    assert.equal((await client.marketing.emails.marketingEmailsApi.getById(made.id)).subject, 'Hello')
    const form = await (
      await client.apiRequest({ method: 'POST', path: '/marketing/v3/forms', body: { name: 'Node' } })
    ).json()
    assert.equal((await client.marketing.forms.formsApi.getById(form.id)).name, 'Node')
    assert.ok((await client.events.eventsApi.getTypes()).eventTypes.includes('e_visited_page'))
  },
  async oauth() {
    const given = await client.oauth.tokensApi.create('refresh_token', undefined, undefined, clientId, clientSecret, 'nope').catch((e) => e)
    assert.equal(given.code, 400)
    assert.equal(given.body.status, 'BAD_REFRESH_TOKEN')
    const address = client.oauth.getAuthorizationUrl(clientId, 'http://localhost:9/back', 'oauth')
    const query = new URL(address).search
    const consent = await fetch(`${base}/oauth/authorize${query}`, { redirect: 'manual' })
    const code = new URL(consent.headers.get('location')).searchParams.get('code')
    const token = await client.oauth.tokensApi.create('authorization_code', code, 'http://localhost:9/back', clientId, clientSecret)
    assert.equal(token.expiresIn, 1800)
    assert.equal((await client.oauth.accessTokensApi.get(token.accessToken)).hubId, 4242)
  },
  async webhooks() {
    await developer.webhooks.settingsApi.configure(11, {
      targetUrl: 'https://hooks.example.test/x',
      throttling: { maxConcurrentRequests: 10 },
    })
    const made = await developer.webhooks.subscriptionsApi.create(11, { eventType: 'contact.creation', active: true })
    assert.ok((await developer.webhooks.subscriptionsApi.getAll(11)).results.some((one) => one.id === made.id))
    await developer.webhooks.subscriptionsApi.archive(Number(made.id), 11)
    await developer.webhooks.settingsApi.clear(11)
  },
  async retriesWhenToldTooMany() {
    await fetch(`${base}/__sandbox__/faults`, {
      method: 'POST',
      body: JSON.stringify({ match: { path: '/crm/v3/owners' }, fault: 'status', status: 502, times: 1 }),
    })
    const patient = new hubspot.Client({ accessToken: token, basePath: base, numberOfApiCallRetries: 2 })
    assert.ok((await patient.crm.owners.ownersApi.getPage()).results.length)
  },
  async signatures() {
    const sent = JSON.parse(readFileSync(deliveryFile, 'utf8'))
    const signed = {
      clientSecret,
      requestBody: sent.body,
      method: 'POST',
      url: sent.url,
      timestamp: Number(sent.headers['x-hubspot-request-timestamp']),
    }
    const { Signature } = hubspot
    assert.ok(
      Signature.isValid({ ...signed, signatureVersion: 'v3', signature: sent.headers['x-hubspot-signature-v3'] })
    )
    assert.ok(Signature.isValid({ ...signed, signatureVersion: 'v1', signature: sent.headers['x-hubspot-signature'] }))
    assert.ok(
      !Signature.isValid({ ...signed, requestBody: sent.body + ' ', signatureVersion: 'v3', signature: sent.headers['x-hubspot-signature-v3'] })
    )
  },
}

for (const [name, check] of Object.entries(checks)) {
  try {
    await check()
    console.log(JSON.stringify({ name, ok: true }))
  } catch (error) {
    console.log(JSON.stringify({ name, ok: false, why: `${error.stack ?? error}` }))
  }
}
