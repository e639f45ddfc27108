// The guardrail language (*.guard). One file holds at most one schema section and any number of policy sections.
//
// The grammar has no embedded actions; compiler/syntax/parse.cpp walks the tree. Only the words that carry logic are
// reserved; every other keyword may also name an attribute, a rule or a constant (see `name`).
//
// Every decision looks ahead two or three tokens only (`rule … owner "x"` takes the owner as the rule's own), so SLL
// prediction suffices for every correct text: parse.cpp calls `sectionHead` and `item` one at a time.
grammar Guard;

file        : section* EOF ;
section     : sectionHead item* ;
sectionHead : (SCHEMA | POLICY) name ;

// One item rule for both sections: which item may stand where is checked with a readable message, not by a parse error.
item
  // schema items
  : DEFAULT outcome (ON kinds)?                                                   # DefaultItem
  | UNGUARDED names                                                               # UnguardedItem
  | BLOCKING WINS                                                                 # BlockingWinsItem
  | KIND AT STRING                                                                # KindAtItem
  | ENUM name enumBody                                                            # EnumItem
  | RECORD name LBRACE fields? RBRACE                                             # RecordItem
  | ACTION name? LBRACE fields? RBRACE                                            # ActionItem
  | SEVERITY checkId EQUALS name                                                  # SeverityItem
  // items of both sections
  | LET name EQUALS value                                                         # LetItem
  | DEFINE name EQUALS condition                                                  # DefineItem
  | WINDOW name EQUALS windowExpr                                                 # WindowItem
  | DATA name FROM STRING COLON MAP LT type COMMA type GT                         # DataItem
  | FIXTURE name EQUALS record                                                    # FixtureItem
  | TEST STRING LBRACE testStep* RBRACE                                           # TestItem
  | ASSUME (ON kinds COLON)? condition                                            # AssumeItem
  // policy items
  | OWNER STRING                                                                  # OwnerItem
  | RULE name ON kinds clause*                                                    # RuleItem
  | TEMPLATE name LPAREN (param (COMMA param)*)? RPAREN ON kinds clause*          # TemplateItem
  | USE name LPAREN (arg (COMMA arg)*)? RPAREN AS name                            # UseItem
  | EXCEPTION name FOR ruleRefs exceptionClause*                                  # ExceptionItem
  | BREAK GLASS name ON kinds breakGlassClause*                                   # BreakGlassItem
  | INVARIANT name ON kinds (NEVER | ALWAYS) outcome (OR outcome)* (WHEN condition)?   # InvariantItem
  | COVER kinds (WHEN condition)?                                                 # CoverItem
  ;

// ---- schema ----
enumBody : LBRACE name ((COMMA | LT) name)* COMMA? RBRACE ;      // all `<` (ordered) or all `,`: checked
fields   : field (COMMA field)* COMMA? ;
field    : SIGNAL? name COLON type (MAX AGE DURATION)? mark* ;
mark
  : NOW                                                   # NowMark
  | SENSITIVE                                             # SensitiveMark
  | AT STRING                                             # AtMark
  | IDENTITY identityPath?                                # IdentityMark         // the acting person: this string, or a string inside this record
  | APPROVALS LPAREN name COMMA name COMMA name RPAREN    # ApprovalsMark        // the fields: person, groups, time
  | BREAK GLASS LPAREN name COMMA name COMMA name RPAREN  # BreakGlassMark       // the fields: person, reason, time
  ;
identityPath : plainName (DOT name)* ;   // `identity sensitive` are two marks
type
  : INT_TYPE (integer DOTDOT integer)?             # IntType
  | DECIMAL_TYPE LPAREN INT COMMA INT RPAREN       # DecimalType
  | SET LT type GT                                 # SetType
  | LIST LT type GT                                # ListType
  | RECORD LBRACE fields? RBRACE                   # RecordType
  | ENUM enumBody                                  # EnumType
  | type QUESTION                                  # OptionalType
  | typeName                                       # NamedType    // bool, string, version, timestamp, duration, an enum, a record
  ;

// ---- rules ----
kinds    : EVERY ACTION | names ;
names    : name (COMMA name)* ;
ruleRef  : name (DOT name)? ;
ruleRefs : ruleRef (COMMA ruleRef)* ;
checkId  : name (MINUS checkWord)* ;
checkWord : name | MATCHES ;
outcome  : ALLOW | DENY | HOLD ;

clause
  : WHEN condition                                               # WhenClause
  | UNLESS condition                                             # UnlessClause
  | DENY                                                         # DenyClause
  | ALLOW                                                        # AllowClause
  | OVERRIDES ruleRefs                                           # OverridesClause
  | REQUIRE requirement (OR requirement)*                        # RequireClause
  | HOLD UNTIL condition                                         # HoldClause
  | WARN                                                         # WarnClause
  | OBLIGE name EQUALS value                                     # ObligeClause
  | BECAUSE STRING                                               # BecauseClause
  | IF MISSING COLON missingPolicy                               # IfMissingClause
  | MODE modeWord (UNTIL moment)?                                    # ModeClause
  | MANDATORY                                                    # MandatoryClause
  | OWNER STRING                                                 # RuleOwnerClause
  | ACCEPT checkId (UNTIL moment)? (OWNER STRING)? BECAUSE STRING # AcceptClause
  ;
missingPolicy : BLOCK | HOLD | IGNORE ;
modeWord      : OFF | SHADOW | ADVISORY | ENFORCE ;
requirement   : INT (APPROVAL | APPROVALS) approvalTerms ;
approvalTerms : FROM value (WITHIN (DURATION | name))? (EXCLUDING path (COMMA path)*)? (INCLUDING THE ACTOR)? ;

param : name COLON type ;
arg   : name COLON value ;

exceptionClause
  : ON kinds          # ExceptionOn
  | WHEN condition    # ExceptionWhen
  | EXPIRES moment    # ExceptionExpires
  | OWNER STRING      # ExceptionOwner
  | REASON STRING     # ExceptionReason
  ;
breakGlassClause
  : WHO condition                                       # BreakGlassWho
  | WHEN condition                                      # BreakGlassWhen
  | LIFTS (EVERY RULE | ruleRefs) (EVEN MANDATORY)?     # BreakGlassLifts
  | FOR DURATION                                        # BreakGlassFor
  | OBLIGE name EQUALS value                            # BreakGlassOblige
  ;
moment : TIMESTAMP | DATE TIME? zone? ;

// ---- conditions ----
condition
  : NOT condition                                                         # NotCondition
  | condition AND condition                                               # AndCondition
  | condition OR condition                                                # OrCondition
  | <assoc=right> condition IMPLIES condition                             # ImpliesCondition
  | (ANY | ALL) name IN operand COLON condition                           # QuantifiedCondition
  | AT (LEAST | MOST) INT name IN operand COLON condition                 # CountedCondition
  | EXACTLY INT name IN operand COLON condition                           # ExactlyCondition
  | LPAREN condition RPAREN                                               # ParenCondition
  | atom                                                                  # AtomCondition
  ;
atom
  : DURATION SINCE operand                            # SinceAtom       // at least this long after the attribute's time
  | expr predicate?                                   # ExprAtom        // alone: a bool attribute, a define, true, false
  ;
predicate
  : (EQ | NE | LT | LE | GT | GE) expr                # ComparePredicate
  | NOT? IN (operand | setLiteral)                    # InPredicate     // a set, a set attribute, a window
  | HAS (ANY | ALL) value                             # HasPredicate
  | HAS INT approvalTerms                             # ApprovalsPredicate
  | IS NOT? (MISSING | PRESENT | STALE | FRESH | EMPTY)   # IsPredicate
  | (STARTS | ENDS) WITH value                        # AffixPredicate
  | CONTAINS value                                    # ContainsPredicate
  | MATCHES (STRING | REGEX | name)                   # MatchesPredicate
  ;
expr    : MINUS? product ((PLUS | MINUS) product)* ;
product : primary (STAR primary)? ;
primary : operand | scalar ;
operand : path (LBRACK operand RBRACK (DOT path)?)? ;      // `inventory[service].tier`
path    : name (DOT name)* ;

// ---- constants and records ----
value
  : MINUS? scalar                             # ScalarValue
  | path                                      # NameValue        // an enum word, a let, a fixture
  | setLiteral                                # SetValue
  | recordBody                                # RecordValue
  | LBRACK (value (COMMA value)* COMMA?)? RBRACK   # ListValue
  ;
scalar     : INT | DECIMAL | STRING | DURATION | TIMESTAMP | TRUE | FALSE | REGEX ;
integer    : MINUS? INT ;
setLiteral : LBRACE (value (COMMA value)* COMMA?)? RBRACE ;
record     : recordBody | name ;                              // `deploy { … }`, `base with { … }`, `base`
recordBody : name WITH? LBRACE (entry (COMMA entry)* COMMA?)? RBRACE
           | LBRACE entry (COMMA entry)* COMMA? RBRACE ;
entry      : name COLON entryValue ;
entryValue : MISSING | value (AS OF TIMESTAMP)? ;

// ---- windows ----
windowExpr : windowTerm (OR windowTerm)* (EXCEPT windowTerm (COMMA windowTerm)*)? ;
windowTerm
  : dayRange (AND dayRange)* (TIME TO TIME)? zone?      # WeeklyTerm
  | TIME TO TIME zone?                                  # DailyTerm
  | DATE TIME TO DATE TIME zone?                        # DatedTerm
  | DATE zone?                                          # DayTerm
  | name                                                # NamedTerm
  ;
dayRange : DAY (DOTDOT DAY)? ;
zone     : IN STRING ;

// ---- tests ----
testStep
  : GIVEN record                                        # GivenRecord
  | GIVEN JSON STRING (AS name)?                        # GivenJson
  | GIVEN FILE STRING (AS name)?                        # GivenFile
  | EXPECT testOutcome (BY ruleRefs)?                   # ExpectOutcome
  | EXPECT ERROR STRING?                                # ExpectError
  | EXPECT ruleRef IS status                            # ExpectStatus
  | EXPECT OBLIGE name EQUALS value                     # ExpectObligation
  ;
testOutcome : ALLOW | DENY | HOLD ;
status      : APPLIED | OVERRIDDEN | EXCEPTED | SHADOW | ADVISORY | SILENT ;

// A name may be any word that is not reserved. Words that start a type or a mark are told apart from names there.
name      : IDENT | freeWord | markWord | typeWord ;
plainName : IDENT | freeWord | typeWord ;
typeName  : IDENT | freeWord | markWord ;
typeWord  : INT_TYPE | DECIMAL_TYPE | SET | LIST | RECORD | ENUM ;
markWord  : NOW | SENSITIVE | AT | IDENTITY | APPROVALS | BREAK ;
freeWord
  : SCHEMA | POLICY | DEFAULT | UNGUARDED | BLOCKING | WINS | KIND | SEVERITY | LET | DEFINE | WINDOW | DATA | FROM | MAP
  | FIXTURE | TEST | OWNER | TEMPLATE | USE | AS | EXCEPTION | FOR | GLASS | INVARIANT | NEVER | ALWAYS | COVER | SIGNAL
  | MAX | AGE | APPROVAL | OVERRIDES | REQUIRE | HOLD | UNTIL | WARN | OBLIGE | MISSING | MODE | MANDATORY | ACCEPT | BLOCK
  | IGNORE | OFF | SHADOW | ADVISORY | ENFORCE | WITHIN | EXCLUDING | INCLUDING | THE | ACTOR | EXPIRES | REASON | WHO
  | LIFTS | EVEN | LEAST | MOST | EXACTLY | PRESENT | STALE | FRESH | EMPTY | STARTS | ENDS | WITH | CONTAINS | SINCE | OF
  | TO | GIVEN | JSON | FILE | EXPECT | ERROR | BY | APPLIED | OVERRIDDEN | EXCEPTED | SILENT | ACTION | EVERY | ASSUME
  | EXCEPT | IF | DAY
  ;

// ---- tokens ----
// Reserved words: the ones that carry a condition's logic or start a clause.
AND : 'and' ; OR : 'or' ; NOT : 'not' ; IMPLIES : 'implies' ; IN : 'in' ; IS : 'is' ; HAS : 'has' ; MATCHES : 'matches' ;
ANY : 'any' ; ALL : 'all' ; TRUE : 'true' ; FALSE : 'false' ; WHEN : 'when' ; UNLESS : 'unless' ; BECAUSE : 'because' ;
RULE : 'rule' ; ON : 'on' ; ALLOW : 'allow' ; DENY : 'deny' ;
// Words with a meaning in one place, names elsewhere.
SCHEMA : 'schema' ; POLICY : 'policy' ; DEFAULT : 'default' ; UNGUARDED : 'unguarded' ; BLOCKING : 'blocking' ; WINS : 'wins' ;
KIND : 'kind' ; AT : 'at' ; ENUM : 'enum' ; RECORD : 'record' ; ACTION : 'action' ; SEVERITY : 'severity' ; LET : 'let' ;
DEFINE : 'define' ; WINDOW : 'window' ; DATA : 'data' ; FROM : 'from' ; MAP : 'map' ; FIXTURE : 'fixture' ; TEST : 'test' ;
ASSUME : 'assume' ; OWNER : 'owner' ; TEMPLATE : 'template' ; USE : 'use' ; AS : 'as' ; EXCEPTION : 'exception' ; FOR : 'for' ;
BREAK : 'break' ; GLASS : 'glass' ; INVARIANT : 'invariant' ; NEVER : 'never' ; ALWAYS : 'always' ; COVER : 'cover' ;
SIGNAL : 'signal' ; MAX : 'max' ; AGE : 'age' ; NOW : 'now' ; SENSITIVE : 'sensitive' ; IDENTITY : 'identity' ;
APPROVALS : 'approvals' ; APPROVAL : 'approval' ; INT_TYPE : 'int' ; DECIMAL_TYPE : 'decimal' ; SET : 'set' ; LIST : 'list' ;
EVERY : 'every' ; OVERRIDES : 'overrides' ; REQUIRE : 'require' ; HOLD : 'hold' ; UNTIL : 'until' ; WARN : 'warn' ;
OBLIGE : 'oblige' ; IF : 'if' ; MISSING : 'missing' ; MODE : 'mode' ; MANDATORY : 'mandatory' ; ACCEPT : 'accept' ;
BLOCK : 'block' ; IGNORE : 'ignore' ; OFF : 'off' ; SHADOW : 'shadow' ; ADVISORY : 'advisory' ; ENFORCE : 'enforce' ;
WITHIN : 'within' ; EXCLUDING : 'excluding' ; INCLUDING : 'including' ; THE : 'the' ; ACTOR : 'actor' ; EXPIRES : 'expires' ;
REASON : 'reason' ; WHO : 'who' ; LIFTS : 'lifts' ; EVEN : 'even' ; LEAST : 'least' ; MOST : 'most' ; EXACTLY : 'exactly' ;
PRESENT : 'present' ; STALE : 'stale' ; FRESH : 'fresh' ; EMPTY : 'empty' ; STARTS : 'starts' ; ENDS : 'ends' ; WITH : 'with' ;
CONTAINS : 'contains' ; SINCE : 'since' ; OF : 'of' ; TO : 'to' ; EXCEPT : 'except' ; GIVEN : 'given' ; JSON : 'json' ;
FILE : 'file' ; EXPECT : 'expect' ; ERROR : 'error' ; BY : 'by' ; APPLIED : 'applied' ; OVERRIDDEN : 'overridden' ;
EXCEPTED : 'excepted' ; SILENT : 'silent' ;
DAY : 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun' ;

LBRACE : '{' ; RBRACE : '}' ; LPAREN : '(' ; RPAREN : ')' ; LBRACK : '[' ; RBRACK : ']' ;
COMMA : ',' ; COLON : ':' ; DOTDOT : '..' ; DOT : '.' ; QUESTION : '?' ; EQUALS : '=' ;
EQ : '==' ; NE : '!=' ; LE : '<=' ; GE : '>=' ; LT : '<' ; GT : '>' ; PLUS : '+' ; MINUS : '-' ; STAR : '*' ;

TIMESTAMP : DATE_ 'T' D D ':' D D ':' D D ('.' D+)? ('Z' | [+-] D D ':' D D) ;
DATE      : DATE_ ;
TIME      : D D ':' D D ;
DURATION  : (D+ ('ms' | 'd' | 'h' | 'm' | 's'))+ ;       // 90s, 1h30m, 7d
DECIMAL   : D+ '.' D+ ;
INT       : D (D | '_')* ;
STRING    : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"' ;
REGEX     : '/' (~[/\\\r\n* ] | '\\' ~[\r\n]) (~[/\\\r\n] | '\\' ~[\r\n])* '/' ;
IDENT     : [A-Za-z_] [A-Za-z0-9_]* ;
COMMENT   : '//' ~[\r\n]* -> channel(HIDDEN) ;
SPACE     : [ \t\r\n]+ -> skip ;
// What follows is never right; the parser reports it readably and reads on as if the right thing stood there.
UNTERMINATED  : '"' (~["\\\r\n] | '\\' ~[\r\n])* '\\'? ;
SINGLE_QUOTED : '\'' ~['\r\n]* '\'' ;
UNEXPECTED    : . ;
fragment DATE_ : D D D D '-' D D '-' D D ;
fragment D : [0-9] ;
