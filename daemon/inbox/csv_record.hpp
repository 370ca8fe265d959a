// One record of a CSV file, split into its fields as its lines come in (RFC 4180). Plain code: which lines belong
// together is all it knows of the file. A quote inside an unquoted field is an ordinary character.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gannet::inbox {

enum class CsvState : unsigned char {
  complete,   // the record ended with this line
  open,       // a quoted field goes on in the next line
  malformed,  // something follows a closing quote
};

class CsvRecord {
 public:
  explicit CsvRecord(char separator) : separator_(separator) {}

  /// Forgets the record before.
  void clear();

  /// Takes the next line of the record, without its newline; a carriage return at its end is not part of a field,
  /// unless the field goes on.
  CsvState feed(std::string_view line);

  const std::vector<std::string>& fields() const { return fields_; }

 private:
  char separator_;
  bool open_ = false;
  std::vector<std::string> fields_;
};

}  // namespace gannet::inbox
