// validate(): the spec as a whole, its mounts and its hooks. The parts are in validate_*.cc.
#include "spec/checks.h"
#include "spec/words.h"

namespace cove::spec {
namespace {

constexpr size_t kMaxHostName = 64;  // the kernel's __NEW_UTS_LEN

// The version without what semantic versioning allows behind it: "-rc1", "+dev".
std::string_view plain_version(std::string_view version) {
  return version.substr(0, version.find_first_of("-+"));
}

Status check_version(const std::string& version, const Place& place) {
  constexpr std::string_view kWayOut =
      "cove knows 1.0.0 to 1.3; a config that uses nothing newer may say \"ociVersion\": \"1.3.0\"";
  const std::vector<std::string_view> parts = split(plain_version(version), '.');
  if (parts.size() != 3) {
    return reject(place, fmt::format("{} is not a version as '1.0.2'", quote(version)), kWayOut);
  }
  const auto major = parse_number<unsigned>(parts[0]);
  const auto minor = parse_number<unsigned>(parts[1]);
  const auto patch = parse_number<unsigned>(parts[2]);
  if (!major.has_value() || !minor.has_value() || !patch.has_value()) {
    return reject(place, fmt::format("{} is not a version as '1.0.2'", quote(version)), kWayOut);
  }
  if (*major != 1 || *minor > 3) {
    return reject(place, fmt::format("version {} is not supported", quote(version)), kWayOut);
  }
  return {};
}

Status check_mount(const Mount& mount, const Place& place, Warnings& warnings) {
  if (mount.destination.empty()) return reject(place.at("destination"), "must not be empty");
  if (!mount.destination.starts_with('/')) {
    warn(warnings, place.at("destination"),
         fmt::format("{} is not an absolute path; taken as relative to /", quote(mount.destination)));
  }
  if (mount.uid_mappings.empty() != mount.gid_mappings.empty()) {
    const bool no_uids = mount.uid_mappings.empty();
    return reject(place.at(no_uids ? "uidMappings" : "gidMappings"),
                  fmt::format("must be given together with {}", no_uids ? "gidMappings" : "uidMappings"));
  }
  COVE_TRY(check_id_mappings(mount.uid_mappings, place.at("uidMappings")));
  return check_id_mappings(mount.gid_mappings, place.at("gidMappings"));
}

Status check_mounts(const Spec& spec, const Place& place, Warnings& warnings) {
  for (size_t i = 0; i < spec.mounts.size(); ++i) {
    COVE_TRY(check_mount(spec.mounts[i], place.at(i), warnings));
  }
  return {};
}

Status check_hook_list(const std::vector<Hook>& hooks, const Place& place) {
  for (size_t i = 0; i < hooks.size(); ++i) {
    COVE_TRY(require_absolute(hooks[i].path, place.at(i).at("path")));
    if (hooks[i].timeout.has_value() && *hooks[i].timeout <= 0) {
      return reject(place.at(i).at("timeout"), "must be 1 second or more",
                    "leave it out for a hook that may take as long as it likes");
    }
  }
  return {};
}

Status check_hooks(const Hooks& hooks, const Place& place) {
  COVE_TRY(check_hook_list(hooks.prestart, place.at("prestart")));
  COVE_TRY(check_hook_list(hooks.create_runtime, place.at("createRuntime")));
  COVE_TRY(check_hook_list(hooks.create_container, place.at("createContainer")));
  COVE_TRY(check_hook_list(hooks.start_container, place.at("startContainer")));
  COVE_TRY(check_hook_list(hooks.poststart, place.at("poststart")));
  return check_hook_list(hooks.poststop, place.at("poststop"));
}

Status check_host_name(const std::string& name, const Spec& spec, const Place& place) {
  if (name.empty()) return {};
  if (spec.linux_config.find_namespace("uts") == nullptr) {
    return reject(place, "cannot be set without a uts namespace",
                  "add {\"type\": \"uts\"} to linux.namespaces");
  }
  if (name.size() > kMaxHostName) {
    return reject(place, fmt::format("has {} bytes; the kernel takes {}", name.size(), kMaxHostName));
  }
  return {};
}

Status check_root(const Spec& spec, const Place& place) {
  if (!spec.root.has_value()) return reject(place, "must be given");
  if (spec.root->path.empty()) return reject(place.at("path"), "must not be empty");
  return {};
}

}  // namespace

Result<Warnings> validate(const Spec& spec) {
  const Place top;
  Warnings warnings;
  COVE_TRY(check_version(spec.oci_version, top.at("ociVersion")));
  if (spec.process.has_value()) COVE_TRY(check_process(*spec.process, top.at("process"), warnings));
  COVE_TRY(check_root(spec, top.at("root")));
  COVE_TRY(check_host_name(spec.hostname, spec, top.at("hostname")));
  COVE_TRY(check_host_name(spec.domainname, spec, top.at("domainname")));
  COVE_TRY(check_mounts(spec, top.at("mounts"), warnings));
  COVE_TRY(check_hooks(spec.hooks, top.at("hooks")));
  if (find(spec.annotations, "") != nullptr) warn(warnings, top.at("annotations"), "a key is empty");
  COVE_TRY(check_linux(spec.linux_config, top.at("linux"), warnings));
  return warnings;
}

Result<Warnings> validate(const Process& process) {
  Warnings warnings;
  COVE_TRY(check_process(process, Place{}, warnings));
  return warnings;
}

Result<Warnings> validate(const Resources& resources) {
  Warnings warnings;
  COVE_TRY(check_resources(resources, Place{}, warnings));
  return warnings;
}

}  // namespace cove::spec
