#include "spec/fields.h"

namespace cove::spec {

void describe(FieldVisitor& v, Root& root) {
  v.required("path", root.path);
  v.field("readonly", root.readonly);
}

void describe(FieldVisitor& v, Mount& mount) {
  v.required("destination", mount.destination);
  v.field("type", mount.type);
  v.field("source", mount.source);
  v.field("options", mount.options);
  v.field("uidMappings", mount.uid_mappings);
  v.field("gidMappings", mount.gid_mappings);
}

void describe(FieldVisitor& v, Hook& hook) {
  v.required("path", hook.path);
  v.field("args", hook.args);
  v.field("env", hook.env);
  v.field("timeout", hook.timeout);
}

void describe(FieldVisitor& v, Hooks& hooks) {
  v.field("prestart", hooks.prestart);
  v.field("createRuntime", hooks.create_runtime);
  v.field("createContainer", hooks.create_container);
  v.field("startContainer", hooks.start_container);
  v.field("poststart", hooks.poststart);
  v.field("poststop", hooks.poststop);
}

void describe(FieldVisitor& v, Spec& spec) {
  v.required("ociVersion", spec.oci_version);
  v.field("process", spec.process);
  v.field("root", spec.root);
  v.field("hostname", spec.hostname);
  v.field("domainname", spec.domainname);
  v.field("mounts", spec.mounts);
  v.field("hooks", spec.hooks);
  v.field("annotations", spec.annotations);
  v.field("linux", spec.linux_config);
}

}  // namespace cove::spec
