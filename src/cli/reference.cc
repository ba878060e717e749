// cove reference
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/documents.h"
#include "cli/help.h"

namespace cove::cli {
namespace {

// For the cell of a table: | would end it, < and * would be markup.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|' || c == '<' || c == '*' || c == '_') out += '\\';
    out += c;
  }
  return out;
}

// Inside `code`, only | needs an escape in a table.
std::string code(std::string_view text) {
  std::string out = "`";
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c;
  }
  return out + "`";
}

void append_group(std::string& out, const OptionGroup& group) {
  out += fmt::format("### {}\n\n| option | meaning |\n|---|---|\n", group.title);
  for (const Option& option : group.options) {
    out += fmt::format("| {} | {}{} |\n", code(option_synopsis(option)), cell(option.help),
                       option.use == Use::repeat ? ". May be given more than once" : "");
  }
  out += '\n';
}

}  // namespace

std::string reference_text() {
  std::string out =
      "# Reference of the command line\n"
      "\n"
      "Made by `cove reference` from the option tables of src/cli; a unit test holds it to them. Do not edit "
      "it.\n"
      "\n"
      "A value follows its option or stands behind `=`: `--memory 64m`, `--memory=64m`, `-m64m`. Letters "
      "without a value may\n"
      "stand together: `-it`. A flag can be taken back: `--init=false`. The first argument that is no "
      "option, or the one\n"
      "after `--`, is the command to run. Wrong usage gives exit status 125.\n"
      "\n";
  const Command& run = *find_command("run");
  for (const Command* command : every_command()) {
    if (command->hidden) continue;
    out += fmt::format("## cove {}\n\n```\n{}\n```\n\n{}.\n\n", command->name, usage_line(*command),
                       command->summary);
    if (!command->description.empty()) out += fmt::format("{}\n\n", command->description);
    for (const OptionGroup* group : command->groups) {
      const bool shared = command != &run && group == run.groups.front();
      if (shared) {
        out += "Further: all options of `cove run`.\n\n";
        break;
      }
      append_group(out, *group);
    }
  }
  out += "## Values\n\n| form | meaning |\n|---|---|\n";
  for (const ValueForm& form : value_forms())
    out += fmt::format("| {} | {} |\n", code(form.name), cell(form.help));
  return out;
}

int reference_command(const Invocation& invocation) {
  const Parsed parsed = parse_command_line("reference", invocation, nullptr);
  return parsed.exit_status ? *parsed.exit_status : print(reference_text());
}

}  // namespace cove::cli
