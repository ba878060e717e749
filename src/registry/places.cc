#include "registry/places.h"

#include <algorithm>

#include "sys/file.h"

namespace cove::registry {
namespace {

constexpr std::string_view kMachine = "/etc/containers";
constexpr std::string_view kDockerCertificates = "/etc/docker/certs.d";
constexpr std::string_view kSuffix = ".conf";

std::string value_of(const Variable& variable, std::string_view name) {
  return std::string(variable(name).value_or(std::string_view{}));
}

// The files of registries.conf.d, in their order.
Result<std::vector<std::string>> files_below(const std::string& directory) {
  std::vector<std::string> names = COVE_TRY(sys::list_directory(AT_FDCWD, directory.c_str()));
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(kSuffix); });
  std::ranges::sort(names);
  for (std::string& name : names) name.insert(0, directory + "/");
  return names;
}

Result<bool> is_directory(const std::string& path) {
  const auto info = sys::stat_at(AT_FDCWD, path.c_str());
  if (!info.ok() && info.error().sys_errno() != ENOENT) return info.error();
  return info.ok() && S_ISDIR(info->st_mode);
}

}  // namespace

Places find_places(const Variable& variable, bool root) {
  std::string home = value_of(variable, "HOME");
  if (home.empty() && root) home = "/root";
  std::string config = value_of(variable, "XDG_CONFIG_HOME");
  if (config.empty() && !home.empty()) config = home + "/.config";
  const std::string own = config.empty() ? std::string{} : config + "/containers";
  const std::string machine(kMachine);

  Places places;
  const std::string chosen = value_of(variable, "CONTAINERS_REGISTRIES_CONF");
  if (!chosen.empty()) {
    places.registries = {chosen};
  } else {
    const std::string own_file = own + "/registries.conf";
    const bool has_own = !root && !own.empty() && sys::exists(own_file.c_str());
    places.registries = {has_own ? own_file : machine + "/registries.conf", machine + "/registries.conf.d"};
    if (!root && !own.empty()) places.registries.push_back(own + "/registries.conf.d");
  }
  if (!own.empty()) places.certificates.push_back(own + "/certs.d");
  places.certificates.push_back(machine + "/certs.d");
  places.certificates.emplace_back(kDockerCertificates);

  const std::string auth_file = value_of(variable, "REGISTRY_AUTH_FILE");
  if (!auth_file.empty()) {
    places.auths = {auth_file};
    return places;
  }
  const std::string docker = value_of(variable, "DOCKER_CONFIG");
  if (!docker.empty()) {
    places.auths.push_back(docker + "/config.json");
  } else if (!home.empty()) {
    places.auths.push_back(home + "/.docker/config.json");
  }
  // Where podman's login writes.
  if (const std::string run = value_of(variable, "XDG_RUNTIME_DIR"); !run.empty()) {
    places.auths.push_back(run + "/containers/auth.json");
  } else if (root) {
    places.auths.emplace_back("/run/containers/0/auth.json");
  }
  return places;
}

Result<Registries> load_registries(const Places& places) {
  Registries registries;
  for (const std::string& place : places.registries) {
    std::vector<std::string> files{place};
    if (COVE_TRY(is_directory(place))) files = COVE_TRY(files_below(place));
    for (const std::string& file : files) {
      const auto text = sys::read_regular_file(file.c_str());
      if (!text.ok() && text.error().sys_errno() == ENOENT) continue;
      if (!text.ok()) return text.error();
      COVE_TRY(merge_registries(*text, file, registries));
    }
  }
  return registries;
}

}  // namespace cove::registry
