"""The Salesforce org: schema, store, SOQL, SOSL, REST. It knows nothing of conversations."""
