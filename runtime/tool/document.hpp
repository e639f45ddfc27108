// A small document of numbers, printed as text, Markdown or one HTML file that needs nothing else.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace guardvm::tool {

struct Table {
  std::vector<std::string> head;
  size_t numbers_from = 0;  // this column and all behind it hold numbers
  std::vector<std::vector<std::string>> rows;
};

// Counts over time: a bar per step, one part of it per series. With one step there is nothing to see, and none is
// drawn.
struct Chart {
  std::vector<std::string> steps;
  struct Series {
    std::string name;
    std::string role;  // what decides its colour: allow, deny, hold, error, would
    std::vector<uint64_t> counts;
  };
  std::vector<Series> series;
};

struct Section {
  std::string title;
  std::vector<std::string> lines;
  std::vector<std::pair<std::string, std::string>> figures;  // a name and a number, large
  std::vector<Chart> charts;
  std::vector<Table> tables;
};

struct Document {
  std::string title, subtitle;
  std::vector<Section> sections;
};

enum class DocumentForm : uint8_t { Text, Markdown, Html };
void append_document(std::string& out, const Document& document, DocumentForm form);

}  // namespace guardvm::tool
