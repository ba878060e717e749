// cove man
#include <fmt/format.h>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/documents.h"
#include "cli/help.h"
#include "cli/text_layout.h"

namespace cove::cli {
namespace {

// Text of a word that roff(7) shows as it is.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
  }
  return out;
}

// Prose, in lines of at most 80 bytes: hyphens stay hyphens, but those of option names must be copied as
// minus signs.
std::string roff_prose(std::string_view text) {
  std::string escaped;
  for (const std::string_view word : split(text, ' ')) {
    if (!escaped.empty()) escaped += ' ';
    const bool option = word.starts_with('-') || word.find("--") != std::string_view::npos;
    escaped += option ? roff(word) : std::string(word);
  }
  std::string wrapped;
  append_wrapped(wrapped, escaped, 0, 0);
  std::string out;
  std::string_view rest = wrapped;
  while (const auto line = next_line(rest)) {
    if (line->starts_with('.') || line->starts_with('\'')) out += "\\&";
    out += *line;
    out += '\n';
  }
  return out;
}

std::string sentence(std::string_view text) {
  return roff_prose(std::string(text) + ".");
}

void append_option(std::string& out, const Option& option) {
  out += ".TP\n";
  if (option.letter != 0) out += fmt::format("\\fB\\-{}\\fR, ", option.letter);
  out += fmt::format("\\fB\\-\\-{}\\fR", roff(option.name));
  if (!option.alias.empty()) out += fmt::format(", \\fB\\-\\-{}\\fR", roff(option.alias));
  if (!option.is_flag()) out += fmt::format(" \\fI{}\\fR", roff(option.placeholder));
  out += '\n';
  out += sentence(option.help);
  if (option.use == Use::repeat) out += "May be given more than once.\n";
}

void append_description(std::string& out, std::string_view text) {
  bool example = false;
  while (const auto line = next_line(text)) {
    const bool indented = line->starts_with("  ");
    if (indented != example) out += indented ? ".nf\n" : ".fi\n";
    example = indented;
    if (line->empty()) {
      out += ".PP\n";
    } else {
      out += roff_prose(trim(*line));
    }
  }
  if (example) out += ".fi\n";
}

void append_commands(std::string& out) {
  out += ".SH COMMANDS\n";
  for (const Command* command : every_command()) {
    if (command->hidden) continue;
    const std::string usage = usage_line(*command);
    out += fmt::format(".TP\n\\fB{}\\fR\n", roff(usage));
    out += sentence(command->summary);
  }
}

}  // namespace

std::string man_sections() {
  std::string out;
  append_commands(out);
  const Command& run = *find_command("run");
  out += ".SH OPTIONS OF RUN AND EXPLAIN\n";
  append_description(out, run.description);
  for (const OptionGroup* group : run.groups) {
    out += fmt::format(".SS {}\n", group->title);
    for (const Option& option : group->options) append_option(out, option);
  }
  out += ".SH OPTIONS OF OTHER COMMANDS\n";
  for (const Command* command : every_command()) {
    if (command->hidden || command->groups.empty() || command == &run) continue;
    const bool shared = command->groups.size() > 1;
    out += fmt::format(".SS cove {}\n", command->name);
    append_description(out, command->description);
    for (const OptionGroup* group : command->groups) {
      if (shared && group != command->groups.front()) break;
      for (const Option& option : group->options) append_option(out, option);
    }
  }
  out += ".SH VALUES\n";
  for (const ValueForm& form : value_forms()) {
    out += fmt::format(".TP\n\\fI{}\\fR\n{}", roff(form.name), sentence(form.help));
  }
  return out;
}

int man_command(const Invocation& invocation) {
  const Parsed parsed = parse_command_line("man", invocation, nullptr);
  return parsed.exit_status ? *parsed.exit_status : print(man_sections());
}

}  // namespace cove::cli
