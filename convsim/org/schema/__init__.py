"""The objects and fields of an org, one YAML file per object (format: `convsim.org.schema.model`)."""
