// See chain.hpp.
#include "log/chain.hpp"

#include <algorithm>

#include "guardvm/limits.hpp"

namespace guardvm::log {

namespace {

std::string number(uint64_t n) { return std::to_string(n); }
std::string record_text(uint64_t sequence) { return "record " + number(sequence); }

}  // namespace

std::string_view finding_word(FindingKind kind) {
  switch (kind) {
#define GUARD_LOG_FINDING(Name, kebab, meaning) \
  case FindingKind::Name:                       \
    return kebab;
#include "log/findings.def"
#undef GUARD_LOG_FINDING
  }
  return "?";
}

Chain::Chain(const std::vector<Checkpoint>& checkpoints) {
  for (const Checkpoint& each : checkpoints) {
    const auto [place, fresh] = pins_.emplace(each.head.sequence, each.head.hash);
    if (!fresh && place->second != each.head.hash)
      find(FindingKind::BadCheckpoint, 0,
           "two checkpoints pin " + record_text(each.head.sequence) + " with different hashes");
  }
}

void Chain::find(FindingKind kind, uint64_t line, std::string text) {
  ++finding_count_;
  if (findings_.size() < kKept) findings_.push_back({kind, file_, line, std::move(text)});
}

void Chain::begin_file(const std::string& name) {
  file_ = name;
  line_ = 0;
}

void Chain::line(std::string_view text, bool ended) {
  ++line_;
  if (text.size() > kLimitLogRecordBytes) {
    find(FindingKind::TooLong, line_, "this line has more than " + number(kLimitLogRecordBytes) + " bytes");
    return;
  }
  if (!ended) {
    find(FindingKind::Unfinished, line_,
         "the file ends in " + number(text.size()) +
             " bytes without a line end: a write was cut short, which the next one will tell, or the file was");
    return;
  }
  if (Frame frame; parse_frame(text, frame)) {
    settle_torn(frame);
    record(frame);
    return;
  }
  if (loose_bytes_ == 0) {
    loose_line_ = line_;
    loose_ = Sha256();
  }
  loose_.update(text);
  loose_.update("\n");
  loose_bytes_ += text.size() + 1;
}

void Chain::damaged(std::string_view why) { find(FindingKind::Damaged, line_, std::string(why)); }

// What stands between the last record and this one, and what this one says of it.
void Chain::settle_torn(const Frame& frame) {
  const Torn told = torn_before(frame);
  const uint64_t bytes = loose_bytes_;
  loose_bytes_ = 0;
  if (bytes == 0 && told.bytes == 0) return;
  if (bytes == told.bytes && loose_.finish() == told.sha256) {
    ++torn_count_;
    if (torn_.size() < kKept) torn_.push_back({file_, line_, frame.sequence, bytes});
    return;
  }
  if (told.bytes == 0) {
    find(FindingKind::NotARecord, loose_line_, number(bytes) + " bytes here are no record");
    return;
  }
  find(FindingKind::TornDiffers, line_,
       record_text(frame.sequence) + " tells of " + number(told.bytes) + " bytes cut short before it; there are " +
           (bytes == 0 ? "none" : number(bytes) + (bytes == told.bytes ? " others" : "")));
}

void Chain::record(const Frame& frame) {
  ++records_;
  const std::string actual = sha256(frame.hashed);
  const bool holds = actual == frame.hash;
  if (!holds) find(FindingKind::Changed, line_, record_text(frame.sequence) + " was changed: its hash is another one");
  settle_order(frame);
  settle_pins(frame, holds);
  if (frame.sequence > head_.sequence || records_ == 1) {
    head_ = {frame.sequence, std::string(frame.hash)};
    actual_hash_ = actual;
  }
}

void Chain::settle_order(const Frame& frame) {
  if (records_ == 1) {
    first_ = frame.sequence;
    const std::string& before = pins_.count(first_ - 1) != 0 ? pins_.at(first_ - 1) : Head().hash;
    if (first_ == 1 ? frame.previous != Head().hash : pins_.count(first_ - 1) != 0 && frame.previous != before)
      find(FindingKind::BrokenLink, line_,
           record_text(first_) + (first_ == 1 ? " is the first, but names one before it"
                                              : " does not follow the record before it that a checkpoint pins"));
    else if (first_ > 1 && pins_.count(first_ - 1) == 0)
      find(FindingKind::BeginsLate, line_,
           "the first record here is " + number(first_) + ": give the files before it, or a checkpoint of " +
               record_text(first_ - 1));
    return;
  }
  if (frame.sequence <= head_.sequence) {
    find(FindingKind::OutOfOrder, line_, record_text(frame.sequence) + " stands behind " + record_text(head_.sequence));
  } else if (frame.sequence > head_.sequence + 1) {
    const uint64_t from = head_.sequence + 1, to = frame.sequence - 1;
    find(FindingKind::Missing, line_,
         from == to ? record_text(from) + " is missing before this line"
                    : "records " + number(from) + " to " + number(to) + " are missing before this line");
  } else if (frame.previous != head_.hash && frame.previous != actual_hash_) {
    find(FindingKind::BrokenLink, line_,
         record_text(frame.sequence) + " does not follow this " + record_text(head_.sequence) +
             ": its `prev` is another hash, so one of the two is not the one that was written");
  }
}

void Chain::settle_pins(const Frame& frame, bool holds) {
  const auto pin = pins_.find(frame.sequence);
  if (pin == pins_.end()) return;
  if (pin->second != frame.hash)
    find(FindingKind::NotThePinned, line_, record_text(frame.sequence) + " is not the one that a checkpoint pins");
  else if (holds)
    pinned_ = std::max(pinned_, frame.sequence);
}

void Chain::end() {
  if (loose_bytes_ > 0)
    find(FindingKind::NotARecord, loose_line_, number(loose_bytes_) + " bytes at the end of the log are no record");
  if (records_ == 0) {
    find(FindingKind::Empty, 0, "there is no record");
    first_ = 0;
  }
  const auto last = pins_.rbegin();
  if (last != pins_.rend() && last->first > head_.sequence)
    find(FindingKind::Cut, 0,
         "a checkpoint pins " + record_text(last->first) + ", the last one here is " + number(head_.sequence) +
             ": the end was cut off");
}

}  // namespace guardvm::log
