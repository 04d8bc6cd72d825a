"""What an org consists of: `sobjects`, `sobjects/X` and `sobjects/X/describe`, with the keys of a real describe.

Key lists follow the SOAP API Developer Guide, "DescribeSObjectResult"; what this org does not model is constant.
Nobody can write here, so nothing is createable, updateable or deletable.
"""

from typing import Any

from convsim.org.rest.message import Answer
from convsim.org.rest.service import Call, check_method
from convsim.org.schema.model import Field, SObject
from convsim.org.soql.visibility import supported_scopes

_NEVER = (
    *("activateable", "createable", "customSetting", "deepCloneable", "deletable", "deprecatedAndHidden"),
    *("feedEnabled", "hasSubtypes", "isInterface", "isSubtype", "mergeable", "undeletable", "updateable"),
)
_ALWAYS = ("layoutable", "mruEnabled", "queryable", "replicateable", "retrieveable", "triggerable")
_SOAP_TYPES = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
    "time": "xsd:time",
}
_AGGREGATABLE_NOT = frozenset({"boolean", "multipicklist", "time"})
_UTF8_BYTES = 3
"""Bytes that a describe call counts per character of a text."""


def describe_global(call: Call) -> Answer:
    """Answer `GET sobjects`: every object in short."""
    check_method(call, "GET", "POST")
    sobjects = [short(each, call.root) for each in call.service.schema]
    return Answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": sobjects})


def describe_basic(call: Call, sobject: SObject) -> Answer:
    """Answer `GET sobjects/X`: the object in short. No record has been viewed, so `recentItems` is empty."""
    check_method(call, "GET", "POST")
    return Answer({"objectDescribe": short(sobject, call.root), "recentItems": []})


def describe(call: Call, sobject: SObject) -> Answer:
    """Answer `GET sobjects/X/describe`: the object with its fields and child relationships."""
    check_method(call, "GET")
    key = ("describe", sobject.name, call.version)
    if key not in call.service.cache:
        call.service.cache[key] = full(sobject, call.root)
    return Answer(call.service.cache[key])


def short(sobject: SObject, root: str) -> dict[str, Any]:
    """Return the object as `sobjects` lists it."""
    base = f"{root}/sobjects/{sobject.name}"
    return {
        **dict.fromkeys(_NEVER, False),
        **dict.fromkeys(_ALWAYS, True),
        "associateEntityType": None,
        "associateParentEntity": None,
        "custom": sobject.custom,
        "keyPrefix": sobject.prefix,
        "label": sobject.label,
        "labelPlural": sobject.plural,
        "name": sobject.name,
        "searchable": sobject.searchable,
        "urls": {"rowTemplate": f"{base}/{{ID}}", "describe": f"{base}/describe", "sobject": base},
    }


def full(sobject: SObject, root: str) -> dict[str, Any]:
    """Return the whole description of the object."""
    base = f"{root}/sobjects/{sobject.name}"
    return {
        **short(sobject, root),
        "actionOverrides": [],
        "childRelationships": _children(sobject),
        "compactLayoutable": True,
        "defaultImplementation": None,
        "extendedBy": None,
        "extendsInterfaces": None,
        "fields": [describe_field(each) for each in sobject.fields],
        "implementedBy": None,
        "implementsInterfaces": None,
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [],
        "searchLayoutable": sobject.searchable,
        "sobjectDescribeOption": "FULL",
        "supportedScopes": _scopes(sobject),
        "urls": {
            "compactLayouts": f"{base}/describe/compactLayouts",
            "rowTemplate": f"{base}/{{ID}}",
            "approvalLayouts": f"{base}/describe/approvalLayouts",
            "defaultValues": f"{base}/defaultValues?recordTypeId&fields",
            "describe": f"{base}/describe",
            "layouts": f"{base}/describe/layouts",
            "sobject": base,
        },
    }


def _scopes(sobject: SObject) -> list[dict[str, str]]:
    labels = {"everything": "All", "mine": "My", "mine_and_my_groups": "My and my groups'"}
    plural = sobject.plural.lower()
    return [{"label": f"{labels[name]} {plural}", "name": name} for name in supported_scopes(sobject)]


def _children(sobject: SObject) -> list[dict[str, Any]]:
    return [
        {
            "cascadeDelete": False,
            "childSObject": each.child,
            "deprecatedAndHidden": False,
            "field": each.field,
            "junctionIdListNames": [],
            "junctionReferenceTo": [],
            "relationshipName": each.name,
            "restrictedDelete": False,
        }
        for each in sobject.children
    ]


def describe_field(field: Field) -> dict[str, Any]:
    """Return the field as a describe call shows it (SOAP API Developer Guide, "Field")."""
    return {**_constants(), **_kind(field), **_abilities(field), **_reference(field)}


def _constants() -> dict[str, Any]:
    never = (
        *("aiPredictionField", "calculated", "cascadeDelete", "createable", "dependentPicklist", "updateable"),
        *("deprecatedAndHidden", "displayLocationInDecimal", "encrypted", "formulaTreatNullNumberAsZero"),
        *("highScaleNumber", "htmlFormatted", "queryByDistance", "restrictedDelete", "writeRequiresMasterRead"),
    )
    nothing = (
        *("calculatedFormula", "compoundFieldName", "controllerName", "defaultValueFormula", "filteredLookupInfo"),
        *("inlineHelpText", "mask", "maskType", "referenceTargetField", "relationshipOrder"),
    )
    return {**dict.fromkeys(never, False), **dict.fromkeys(nothing, None)}


def _kind(field: Field) -> dict[str, Any]:
    long_text = field.type == "textarea"
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "soapType": _SOAP_TYPES.get(field.type, "xsd:string"),
        "length": field.length,
        "byteLength": field.length if field.is_id else field.length * _UTF8_BYTES,
        "digits": field.precision if field.type == "int" else 0,
        "precision": field.precision,
        "scale": field.scale,
        "custom": field.custom,
        "defaultValue": False if field.type == "boolean" else None,
        "extraTypeInfo": "plaintextarea" if long_text else None,
        "picklistValues": [
            {"active": True, "defaultValue": False, "label": value, "validFor": None, "value": value}
            for value in field.values
        ],
        "restrictedPicklist": False,
    }


def _abilities(field: Field) -> dict[str, Any]:
    return {
        "aggregatable": field.filterable and field.type not in _AGGREGATABLE_NOT,
        "autoNumber": field.auto_number,
        "caseSensitive": field.case_sensitive,
        "defaultedOnCreate": field.system or field.auto_number or field.type == "boolean",
        "externalId": field.external_id,
        "filterable": field.filterable,
        "groupable": field.groupable,
        "idLookup": field.type == "id" or field.external_id or field.type == "email",
        "nameField": field.name_field,
        "nillable": field.nillable,
        "permissionable": field.nillable and not field.system and not field.name_field,
        "searchPrefilterable": field.type == "reference",
        "sortable": field.sortable,
        "unique": field.unique,
    }


def _reference(field: Field) -> dict[str, Any]:
    return {
        "namePointing": field.polymorphic,
        "polymorphicForeignKey": field.polymorphic,
        "referenceTo": list(field.to),
        "relationshipName": field.relationship,
    }
