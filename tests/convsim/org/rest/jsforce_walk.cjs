// Logs in with the unmodified jsforce in every way that the server offers and prints what it read as one JSON object.
const jsforce = require("jsforce");
const [url, user, password, key, secret] = process.argv.slice(2);

async function walk(connection) {
  const cases = await connection.query("SELECT Id, CaseNumber FROM Case ORDER BY CaseNumber");
  const rest = await connection.queryMore(cases.nextRecordsUrl);
  const all = await connection.query("SELECT Id FROM Case").execute({ autoFetch: true, maxFetch: 10000 });
  const parents = await connection.query("SELECT Name, Owner.Name, (SELECT LastName FROM Contacts) FROM Account ORDER BY Name");
  const found = await connection.search("FIND {anvil} RETURNING Case(Id, CaseNumber)");
  const described = await connection.sobject("Account").describe();
  const world = await connection.describeGlobal();
  const record = await connection.sobject("Account").retrieve(parents.records[0].Id || parents.records[0].attributes.url.slice(-18));
  const several = await connection.sobject("Account").retrieve([record.Id]);
  const identity = await connection.identity();
  const limits = await connection.limits();
  let failure;
  try {
    await connection.query("SELECT Nothing FROM Account");
  } catch (error) {
    failure = { code: error.errorCode, message: error.message };
  }
  let refusal;
  try {
    await connection.sobject("Account").create({ Name: "New" });
  } catch (error) {
    refusal = error.errorCode;
  }
  return {
    total: cases.totalSize, first: cases.records.length, second: rest.records.length, all: all.records.length,
    owner: parents.records[0].Owner.Name, contacts: parents.records[0].Contacts.records.map((each) => each.LastName),
    found: found.searchRecords.map((each) => each.CaseNumber), fields: described.fields.length,
    objects: world.sobjects.map((each) => each.name), record: record.Name, several: several.map((each) => each.Name),
    user: identity.user_id, daily: limits.DailyApiRequests.Max, failure, refusal,
  };
}

async function main() {
  const soap = new jsforce.Connection({ loginUrl: url, version: "59.0" });
  await soap.login(user, password);
  const answers = { soap: await walk(soap) };
  const oauth = new jsforce.Connection({ oauth2: { loginUrl: url, clientId: key, clientSecret: secret }, version: "59.0" });
  await oauth.login(user, password);
  answers.oauth = await walk(oauth);
  const direct = new jsforce.Connection({ instanceUrl: url, accessToken: soap.accessToken, version: "59.0" });
  answers.direct = await walk(direct);
  let wrong;
  try {
    await new jsforce.Connection({ loginUrl: url }).login(user, "wrong");
  } catch (error) {
    wrong = error.message;
  }
  console.log(JSON.stringify({ ...answers, wrong }));
}

main().catch((error) => { console.error(error); process.exit(1); });
