#include "cli/format/list.h"

#include <algorithm>

#include "base/strings.h"
#include "cli/format/table.h"

namespace cove::cli::format {
namespace {

constexpr std::string_view kTable = "table";
constexpr std::string_view kJson = "json";
constexpr std::string_view kJsonTemplate = "{{json .}}";

std::string_view trim_blanks(std::string_view text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// A row as Docker's JSON has it: fields sorted by their names.
Value sorted_row(const Value& row) {
  const Object* object = row.object();
  if (object == nullptr) return row;
  Object sorted(object->kind);
  for (const Member* member : members_by_key(*object)) sorted.members.push_back(*member);
  return sorted;
}

bool in_order(const Value& row) {
  const Object* object = row.object();
  const auto by_key = [](const Member& first, const Member& second) { return first.key < second.key; };
  return object == nullptr || std::is_sorted(object->members.begin(), object->members.end(), by_key);
}

Value headings(std::span<const Field> fields) {
  Value names = Value::record();
  for (const Field& field : fields) names.set(field.name, field.header);
  return names;
}

// Columns are known by their headings.
std::vector<Column> columns_of(std::string_view heading, std::span<const Field> fields, bool shortens) {
  std::vector<Column> columns;
  for (const std::string_view cell : split(heading, '\t')) {
    Column column;
    for (const Field& field : fields) {
      if (field.header == trim_blanks(cell)) column = {field.flexible && shortens, field.style};
    }
    columns.push_back(column);
  }
  return columns;
}

}  // namespace

std::string resolve_format_escapes(std::string_view format) {
  std::string out;
  bool action = false;
  for (size_t i = 0; i < format.size(); ++i) {
    const std::string_view pair = format.substr(i, 2);
    if (pair == "{{") action = true;
    if (pair == "}}") action = false;
    if (!action && (pair == "\\t" || pair == "\\n")) {
      out += pair == "\\t" ? '\t' : '\n';
      ++i;
    } else {
      out += format[i];
    }
  }
  return out;
}

Result<ListFormat> ListFormat::parse(const ListSpec& spec, const ListOptions& options) {
  std::string_view source = options.format;
  const bool table = !options.quiet && (source.empty() || source.starts_with(kTable));
  const bool json = !options.quiet && source == kJson;
  if (options.quiet) {
    source = spec.quiet;
  } else if (json) {
    source = kJsonTemplate;
  } else if (table && !source.empty()) {
    source.remove_prefix(kTable.size());
  }
  source = trim_blanks(source);
  if (table && source.empty()) source = spec.table;
  std::string text = resolve_format_escapes(source);
  ListFormat format(spec, COVE_TRY(Template::parse(text)));
  format.text_ = std::move(text);
  format.table_ = table;
  format.json_ = format.text_ == kJsonTemplate;
  format.shortens_ = !options.no_trunc;
  return format;
}

bool ListFormat::mentions(std::string_view field) const noexcept {
  if (text_.find("json") != std::string::npos) return true;
  return text_.find("." + std::string(field)) != std::string::npos;
}

Result<std::string> ListFormat::print(const std::vector<Value>& rows, const Screen& screen) const {
  std::string lines;
  for (const Value& row : rows) {
    // JSON escapes on its own.
    const bool harmless = table_ || (screen.terminal && !json_);
    if (in_order(row)) {
      lines += COVE_TRY(template_.execute(harmless ? harmless_value(row) : row));
    } else {
      const Value sorted = sorted_row(row);
      lines += COVE_TRY(template_.execute(harmless ? harmless_value(sorted) : sorted));
    }
    lines += '\n';
  }
  return table_ ? print_table(lines, screen) : lines;
}

std::string ListFormat::print_table(std::string_view lines, const Screen& screen) const {
  const std::string heading = template_.execute_heading(headings(spec_->fields));
  const std::vector<Column> columns = columns_of(heading, spec_->fields, shortens_);
  return lay_out_table(heading + "\n" + std::string(lines), columns, screen);
}

Result<std::string> print_inspect(const std::vector<Value>& objects, std::string_view format,
                                  const Screen& screen) {
  if (format.empty()) return print_indented_json(Array(objects)) + "\n";
  if (format == kJson) return print_json(Array(objects)) + "\n";
  const Template parsed = COVE_TRY(Template::parse(format));
  const bool harmless = screen.terminal && trim_blanks(format) != kJsonTemplate;
  std::string out;
  for (const Value& object : objects) {
    out += COVE_TRY(parsed.execute(harmless ? harmless_value(object) : object));
    out += '\n';
  }
  return out;
}

Result<std::string> print_object(const Value& object, std::string_view format, const Screen& screen) {
  return print_inspect({object}, format == kJson ? kJsonTemplate : format, screen);
}

}  // namespace cove::cli::format
