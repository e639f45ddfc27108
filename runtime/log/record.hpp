// The content of a record: what was decided, about what, by which bundle. LOG.md, "The record", has its members.
#pragma once
#include <optional>
#include <string>

#include "guardvm/error.hpp"
#include "log/crypto.hpp"
#include "log/frame.hpp"
#include "log/redact.hpp"
#include "log/writer.hpp"
#include "read/subject.hpp"

namespace guardvm {
class JsonWriter;
}

namespace guardvm::log {

// Gives the key for digests when one is needed first: reads or makes it. Failure: a sentence.
class KeySource {
 public:
  virtual ~KeySource() = default;
  virtual Loaded<const Key*> key() = 0;
};

class RecordWriter {
 public:
  // Appends `{"seq":…` up to the last member before the chain's; `seal` does the rest. Failure: the key is not to be
  // had, or the record would be longer than kLimitLogRecordBytes. `line` is then of no use.
  [[nodiscard]] Loaded<bool> append(std::string& line, uint64_t sequence, const std::string& id, const Entry& entry,
                                    const Torn& torn, KeySource& keys);

 private:
  Loaded<bool> append_action(JsonWriter& json, std::string& line, const Entry& entry, uint32_t kind, KeySource& keys);

  const Bundle* bundle_ = nullptr;  // what the next two were made for
  std::optional<Redactor> redactor_;
  std::optional<Subjects> subjects_;
  JsonText text_;
};

}  // namespace guardvm::log
