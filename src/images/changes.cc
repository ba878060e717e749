#include "images/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/strict_json.h"
#include "base/strings.h"

namespace cove::images {
namespace {

Error bad(std::string text) {
  return Error(ErrorCode::invalid_argument, std::move(text));
}

// ["sh", "-c", "x"]; nothing if it is not that form.
std::optional<std::vector<std::string>> json_words(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const Result<json::Value> parsed = json::parse(text);
  const auto* array = parsed ? std::get_if<json::Array>(&parsed->data) : nullptr;
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> words;
  for (const json::Value& value : *array) {
    const auto* word = std::get_if<std::string>(&value.data);
    if (word == nullptr) return std::nullopt;
    words.push_back(*word);
  }
  return words;
}

std::vector<std::string> command_words(std::string_view text, const image::RunConfig& config) {
  if (auto words = json_words(text)) return *words;
  std::vector<std::string> words = config.shell;
  if (words.empty()) words = {"/bin/sh", "-c"};
  words.emplace_back(text);
  return words;
}

// Words parted by blanks; quotes keep blanks, a backslash keeps the next character.
Result<std::vector<std::string>> shell_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  char quoted = '\0';
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted == '\0' && (c == ' ' || c == '\t')) {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
      continue;
    }
    inside = true;
    if (c == '\\' && quoted != '\'' && i + 1 < text.size()) {
      word += text[++i];
    } else if (quoted == '\0' && (c == '"' || c == '\'')) {
      quoted = c;
    } else if (c == quoted) {
      quoted = '\0';
    } else {
      word += c;
    }
  }
  if (quoted != '\0') return bad(fmt::format("{}: a quotation mark is missing", quote(text)));
  if (inside) words.push_back(std::move(word));
  return words;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

// KEY=VALUE…, or in the old form KEY VALUE.
Result<Pairs> parse_pairs(std::string_view text) {
  const std::vector<std::string> words = COVE_TRY(shell_words(text));
  if (words.empty()) return bad("it needs KEY=VALUE");
  Pairs pairs;
  if (words.front().find('=') == std::string::npos) {
    const Halves halves = split_once(text, ' ');
    if (!halves.second) return bad(fmt::format("{} is not KEY=VALUE", quote(text)));
    pairs.emplace_back(std::string(halves.first), std::string(trim(*halves.second)));
    return pairs;
  }
  for (const std::string& word : words) {
    const Halves halves = split_once(word, '=');
    if (!halves.second || halves.first.empty()) return bad(fmt::format("{} is not KEY=VALUE", quote(word)));
    pairs.emplace_back(std::string(halves.first), std::string(*halves.second));
  }
  return pairs;
}

Status change_env(std::string_view rest, image::RunConfig& config) {
  for (const auto& [key, value] : COVE_TRY(parse_pairs(rest))) {
    const std::string prefix = key + "=";
    std::erase_if(config.env, [&](const std::string& known) { return known.starts_with(prefix); });
    config.env.push_back(prefix + value);
  }
  return {};
}

Status change_label(std::string_view rest, image::RunConfig& config) {
  for (const auto& [key, value] : COVE_TRY(parse_pairs(rest))) {
    std::erase_if(config.labels, [&name = key](const auto& known) { return known.first == name; });
    config.labels.emplace_back(key, value);
  }
  return {};
}

void add_to_set(image::Set& set, const std::string& key) {
  const bool known =
      std::any_of(set.begin(), set.end(), [&](const auto& entry) { return entry.first == key; });
  if (!known) set.emplace_back(key, image::Nothing{});
}

Status change_expose(std::string_view rest, image::RunConfig& config) {
  for (const std::string& word : COVE_TRY(shell_words(rest))) {
    const Halves halves = split_once(word, '/');
    const auto port = parse_number<uint16_t>(halves.first);
    const std::string_view protocol = halves.second.value_or("tcp");
    if (!port || *port == 0 || (protocol != "tcp" && protocol != "udp" && protocol != "sctp"))
      return bad(fmt::format("{} is no port", quote(word)));
    add_to_set(config.exposed_ports, fmt::format("{}/{}", *port, protocol));
  }
  return {};
}

Status change_volume(std::string_view rest, image::RunConfig& config) {
  std::vector<std::string> paths;
  if (auto words = json_words(rest)) {
    paths = std::move(*words);
  } else {
    paths = COVE_TRY(shell_words(rest));
  }
  for (const std::string& path : paths) {
    if (!path.starts_with('/')) return bad(fmt::format("{} is no absolute path", quote(path)));
    add_to_set(config.volumes, path);
  }
  return {};
}

Status change_health(std::string_view rest, image::RunConfig& config) {
  image::HealthCheck check;
  if (rest == "NONE") {
    check.test = {"NONE"};
  } else if (rest.starts_with("CMD ")) {
    const std::string_view command = trim(rest.substr(4));
    if (auto words = json_words(command)) {
      check.test = std::move(*words);
      check.test.insert(check.test.begin(), "CMD");
    } else {
      check.test = {"CMD-SHELL", std::string(command)};
    }
  } else {
    return bad("it needs NONE or CMD COMMAND; times are given to `cove run`");
  }
  config.health_check = std::move(check);
  return {};
}

Status change_command(std::string_view rest, image::RunConfig& config) {
  config.cmd = command_words(rest, config);
  return {};
}
// A new entrypoint does not go with the old command.
Status change_entrypoint(std::string_view rest, image::RunConfig& config) {
  config.entrypoint = command_words(rest, config);
  config.cmd.clear();
  return {};
}
Status change_user(std::string_view rest, image::RunConfig& config) {
  config.user = rest;
  return {};
}
Status change_directory(std::string_view rest, image::RunConfig& config) {
  if (rest.starts_with('/')) {
    config.working_dir = rest;
  } else {
    config.working_dir = fmt::format("{}/{}", config.working_dir == "/" ? "" : config.working_dir, rest);
  }
  return {};
}
Status change_stop_signal(std::string_view rest, image::RunConfig& config) {
  config.stop_signal = rest;
  return {};
}
Status change_on_build(std::string_view rest, image::RunConfig& config) {
  config.on_build.emplace_back(rest);
  return {};
}

struct Instruction {
  std::string_view name;
  Status (*apply)(std::string_view rest, image::RunConfig& config);
};
constexpr std::array kInstructions{
    Instruction{"CMD", &change_command},
    Instruction{"ENTRYPOINT", &change_entrypoint},
    Instruction{"ENV", &change_env},
    Instruction{"EXPOSE", &change_expose},
    Instruction{"HEALTHCHECK", &change_health},
    Instruction{"LABEL", &change_label},
    Instruction{"ONBUILD", &change_on_build},
    Instruction{"STOPSIGNAL", &change_stop_signal},
    Instruction{"USER", &change_user},
    Instruction{"VOLUME", &change_volume},
    Instruction{"WORKDIR", &change_directory},
};

}  // namespace

Status apply_change(std::string_view line, image::RunConfig& config) {
  const std::string_view text = trim(line);
  const Halves halves = split_once(text, ' ');
  std::string name(halves.first);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  const std::string_view rest = trim(halves.second.value_or(""));
  for (const Instruction& instruction : kInstructions) {
    if (instruction.name != name) continue;
    if (rest.empty()) return bad(fmt::format("{}: a value is missing", name));
    return instruction.apply(rest, config).context(name);
  }
  Error error = bad(fmt::format("{} cannot change an image", quote(halves.first)));
  error.set_hint(
      "give CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or WORKDIR");
  return error;
}

}  // namespace cove::images
