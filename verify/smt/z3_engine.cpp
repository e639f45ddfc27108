// Z3 over finite domains: the only file that sees it. Its exceptions end here.
//
// A variable of n values is a Boolean (n = 2) or a bit-vector of its value's number; a literal is a disjunction of
// intervals of numbers. A variable that sums read has its number beside it, as a bit-vector from its least value on,
// tied to the intervals of the value. Sums are computed in as many bits as their extremes need, so nothing wraps.
// Budget: a resource limit and a memory cap, no clock; past it the verdict is Unknown.
#include <z3++.h>

#include <algorithm>
#include <string>

#include "verify/solve/engine.hpp"

namespace guard::verify {
namespace {

constexpr unsigned kResourceLimit = 200'000'000;
constexpr unsigned kMemoryMegabytes = 2000;

std::string decimal(unsigned __int128 value) {
  std::string text;
  do {
    text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
    value /= 10;
  } while (value > 0);
  return text;
}

unsigned bits_for(unsigned __int128 value) {
  unsigned bits = 0;
  while (value > 0) {
    ++bits;
    value >>= 1;
  }
  return std::max(1u, bits);
}

class Encoder {
 public:
  Encoder(z3::context& context, const Problem& problem)
      : context_(context), problem_(problem), known_(problem.size()) {}

  z3::check_result check(z3::solver& solver, Assignment* solution) {
    for (uint32_t v = 0; v < problem_.variables.size(); ++v) add_variable(solver, v);
    for (const TermId term : problem_.all_required()) solver.add(encode(term));
    const z3::check_result result = solver.check();
    if (result == z3::sat && solution != nullptr) read(solver.get_model(), *solution);
    return result;
  }

 private:
  struct Encoded {
    z3::expr value;   // Boolean or bit-vector
    z3::expr number;  // bit-vector: number - low
    bool has_number = false;
    int64_t low = 0;
    uint64_t span = 0;
  };

  void add_variable(z3::solver& solver, uint32_t v) {
    const Variable& variable = problem_.variables[v];
    const z3::symbol name = context_.int_symbol(static_cast<int>(2 * v));
    Encoded own{context_.bool_val(true), context_.bool_val(true)};
    if (variable.values == 2) {
      own.value = context_.constant(name, context_.bool_sort());
    } else if (variable.values > 2) {
      const unsigned bits = bits_for(variable.values - 1);
      own.value = context_.constant(name, context_.bv_sort(bits));
      if ((uint64_t{1} << bits) != variable.values) {
        solver.add(z3::ule(own.value, context_.bv_val(variable.values - 1, bits)));
      }
    }
    if (!variable.intervals.empty()) {
      own.has_number = true;
      int64_t high = INT64_MIN;
      own.low = INT64_MAX;
      for (const auto& parts : variable.intervals) {
        for (const Interval& part : parts) {
          own.low = std::min(own.low, part.low);
          high = std::max(high, part.high);
        }
      }
      own.span = static_cast<uint64_t>(high) - static_cast<uint64_t>(own.low);
      own.number =
          context_.constant(context_.int_symbol(static_cast<int>(2 * v + 1)), context_.bv_sort(bits_for(own.span)));
    }
    variables_.push_back(own);
    if (!own.has_number) return;
    const uint32_t offset = variable.absent ? 1 : 0;
    for (uint32_t i = 0; i < variable.intervals.size(); ++i) {
      z3::expr_vector inside(context_);
      for (const Interval& part : variable.intervals[i]) {
        inside.push_back(between(own.number, static_cast<uint64_t>(part.low) - static_cast<uint64_t>(own.low),
                                 static_cast<uint64_t>(part.high) - static_cast<uint64_t>(own.low), own.span));
      }
      Mask mask = empty_mask(variable.values);
      set_bit(mask, i + offset);
      solver.add(z3::implies(literal(v, mask), z3::mk_or(inside)));
    }
  }

  z3::expr between(const z3::expr& value, uint64_t low, uint64_t high, uint64_t span) {
    const unsigned bits = value.get_sort().bv_size();
    const auto constant = [&](uint64_t n) { return context_.bv_val(n, bits); };
    if (low == high) return value == constant(low);
    if (low == 0 && high == span) return z3::ule(value, constant(span));
    if (low == 0) return z3::ule(value, constant(high));
    return z3::uge(value, constant(low)) && z3::ule(value, constant(high));
  }

  z3::expr literal(uint32_t v, const Mask& mask) {
    const Variable& variable = problem_.variables[v];
    const z3::expr& value = variables_[v].value;
    if (variable.values == 1) return context_.bool_val(has_bit(mask, 0));
    if (variable.values == 2) return has_bit(mask, 1) ? (has_bit(mask, 0) ? context_.bool_val(true) : value) : !value;
    z3::expr_vector parts(context_);
    for (uint32_t at = 0; at < variable.values;) {
      if (!has_bit(mask, at)) {
        ++at;
        continue;
      }
      uint32_t end = at;
      while (end + 1 < variable.values && has_bit(mask, end + 1)) ++end;
      parts.push_back(between(value, at, end, variable.values - 1));
      at = end + 1;
    }
    return parts.size() == 1 ? parts[0] : z3::mk_or(parts);
  }

  z3::expr encode(TermId id) {
    auto& slot = known_[static_cast<uint32_t>(id)];
    if (slot.empty()) slot.push_back(make(problem_.term(id)));
    return slot[0];
  }

  z3::expr make(const Term& term) {
    switch (term.op) {
      case Term::Op::False:
      case Term::Op::True:
        return context_.bool_val(term.op == Term::Op::True);
      case Term::Op::Lit:
        return literal(term.variable, problem_.mask(term.row));
      case Term::Op::And:
        return z3::mk_and(children(term));
      case Term::Op::Or:
        return z3::mk_or(children(term));
      case Term::Op::AtLeast:
        return z3::atleast(children(term), term.row);
      case Term::Op::Linear:
        break;
    }
    const z3::expr holds = sum(problem_.sums[term.row]);
    return term.negated ? !holds : holds;
  }

  z3::expr_vector children(const Term& term) {
    z3::expr_vector list(context_);
    for (const TermId child : term.children) list.push_back(encode(child));
    return list;
  }

  z3::expr sum(const GroundSum& sum) {
    __int128 constant = sum.constant, low = 0, high = 0;
    for (const auto& [variable, coefficient] : sum.terms) {
      const Encoded& own = variables_[variable];
      constant -= static_cast<__int128>(coefficient) * own.low;
      const __int128 reach = static_cast<__int128>(coefficient) * static_cast<__int128>(own.span);
      (reach < 0 ? low : high) += reach;
    }
    if (constant < low || constant > high) {
      return context_.bool_val(partition::holds(sum.compare, constant < low ? 1 : -1));
    }
    const auto magnitude = static_cast<unsigned __int128>(std::max(high, -low));
    const unsigned width = bits_for(magnitude) + 2;
    const auto value_of = [&](__int128 n) {
      const unsigned __int128 mask =
          width >= 128 ? ~static_cast<unsigned __int128>(0) : (static_cast<unsigned __int128>(1) << width) - 1;
      return context_.bv_val(decimal(static_cast<unsigned __int128>(n) & mask).c_str(), width);
    };
    z3::expr total = value_of(0);
    for (const auto& [variable, coefficient] : sum.terms) {
      const z3::expr& number = variables_[variable].number;
      const unsigned own = number.get_sort().bv_size();
      const z3::expr wide = own < width ? z3::zext(number, width - own) : number;
      if (coefficient == 1) {
        total = total + wide;
      } else if (coefficient == -1) {
        total = total - wide;
      } else {
        total = total + wide * value_of(coefficient);
      }
    }
    const z3::expr bound = value_of(constant);
    switch (sum.compare) {
      case partition::Compare::Eq:
        return total == bound;
      case partition::Compare::Ne:
        return total != bound;
      case partition::Compare::Lt:
        return z3::slt(total, bound);
      case partition::Compare::Le:
        return z3::sle(total, bound);
      case partition::Compare::Gt:
        return z3::sgt(total, bound);
      case partition::Compare::Ge:
        break;
    }
    return z3::sge(total, bound);
  }

  void read(const z3::model& model, Assignment& solution) {
    for (uint32_t v = 0; v < problem_.variables.size(); ++v) {
      const Encoded& own = variables_[v];
      uint32_t chosen = 0;
      if (problem_.variables[v].values == 2) {
        chosen = model.eval(own.value, true).is_true() ? 1 : 0;
      } else if (problem_.variables[v].values > 2) {
        chosen = model.eval(own.value, true).get_numeral_uint();
      }
      solution.values.push_back(chosen);
      int64_t number = 0;
      if (own.has_number) {
        number =
            static_cast<int64_t>(model.eval(own.number, true).get_numeral_uint64() + static_cast<uint64_t>(own.low));
      }
      solution.numbers.push_back(number);
    }
  }

  z3::context& context_;
  const Problem& problem_;
  std::vector<Encoded> variables_;
  std::vector<std::vector<z3::expr>> known_;
};

}  // namespace

struct Z3Engine::Impl {
  static z3::solver fresh(z3::context& context) {
    z3::solver solver(context, "QF_FD");
    z3::params params(context);
    params.set("rlimit", kResourceLimit);
    params.set("max_memory", kMemoryMegabytes);
    solver.set(params);
    return solver;
  }
  z3::context context;
  z3::solver kept{fresh(context)};  // of the questions whose solution nobody reads
};

Z3Engine::Z3Engine() : impl_(std::make_unique<Impl>()) {}
Z3Engine::~Z3Engine() = default;

namespace {

template <typename Ask>
Verdict verdict_of(const Ask& ask) {
  try {
    switch (ask()) {
      case z3::sat:
        return Verdict::Possible;
      case z3::unsat:
        return Verdict::Impossible;
      case z3::unknown:
        break;
    }
    return Verdict::Unknown;
  } catch (const z3::exception& problem_of_z3) {
    std::fprintf(stderr, "guardc: z3: %s\n", problem_of_z3.msg());
    return Verdict::Unknown;
  }
}

}  // namespace

Verdict Z3Engine::solve(const Problem& problem, Assignment& solution) {
  // A context of its own: which solution Z3 gives depends on what its context has seen, and a report must not depend on
  // which thread asked what before.
  return verdict_of([&] {
    z3::context context;
    z3::solver solver = Impl::fresh(context);
    return Encoder(context, problem).check(solver, &solution);
  });
}

Verdict Z3Engine::decide(const Problem& problem) {
  const Verdict verdict = verdict_of([&] {
    impl_->kept.push();
    const z3::check_result result = Encoder(impl_->context, problem).check(impl_->kept, nullptr);
    impl_->kept.pop();
    return result;
  });
  if (verdict != Verdict::Unknown) return verdict;
  impl_->kept = Impl::fresh(impl_->context);
  Assignment unused;
  return solve(problem, unused);
}

}  // namespace guard::verify
