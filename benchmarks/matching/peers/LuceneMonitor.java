// Lucene Monitor asked over a pipe: rules from a file, then an article a line, answered by its nanoseconds
// of processor time and of the clock, and the ids of its rules. Rules come in prefix notation, as lucene.py writes them.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.util.CharTokenizer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.Term;
import org.apache.lucene.monitor.MatchingQueries;
import org.apache.lucene.monitor.Monitor;
import org.apache.lucene.monitor.MonitorConfiguration;
import org.apache.lucene.monitor.MonitorQuery;
import org.apache.lucene.monitor.MultipassTermFilteredPresearcher;
import org.apache.lucene.monitor.Presearcher;
import org.apache.lucene.monitor.QueryMatch;
import org.apache.lucene.monitor.TermFilteredPresearcher;
import org.apache.lucene.monitor.TermWeightor;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.spans.SpanNearQuery;
import org.apache.lucene.search.spans.SpanOrQuery;
import org.apache.lucene.search.spans.SpanQuery;
import org.apache.lucene.search.spans.SpanTermQuery;

public final class LuceneMonitor {
  private static final int TITLE_GAP = 50;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** Arguments: the file of rules, the file of articles that tell how common words are, passes. */
  public static void main(String[] arguments) throws Exception {
    BooleanQuery.setMaxClauseCount(100_000);
    Analyzer analyzer = new Words();
    Presearcher presearcher = presearcher(Path.of(arguments[1]), Integer.parseInt(arguments[2]));
    MonitorConfiguration configuration = new MonitorConfiguration().setQueryUpdateBufferSize(50_000);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    try (Monitor monitor = new Monitor(analyzer, presearcher, configuration)) {
      List<MonitorQuery> queries = new ArrayList<>();
      for (String line : Files.readAllLines(Path.of(arguments[0]))) {
        int tab = line.indexOf('\t');
        queries.add(new MonitorQuery(line.substring(0, tab), new Reader(line.substring(tab + 1)).query()));
      }
      monitor.register(queries);
      out.println("ready");
      out.flush();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        answer(monitor, line, out);
      }
    }
  }

  private static void answer(Monitor monitor, String line, PrintStream out) throws Exception {
    long start = System.nanoTime();
    long before = THREADS.getCurrentThreadCpuTime();
    int tab = line.indexOf('\t');
    Document document = new Document();
    document.add(new TextField("title", line.substring(0, tab), Field.Store.NO));
    document.add(new TextField("all", line.substring(0, tab), Field.Store.NO));
    document.add(new TextField("all", line.substring(tab + 1), Field.Store.NO));
    MatchingQueries<QueryMatch> matches = monitor.match(document, QueryMatch.SIMPLE_MATCHER);
    long cpu = THREADS.getCurrentThreadCpuTime() - before;
    long nanoseconds = System.nanoTime() - start;
    StringBuilder answer = new StringBuilder().append(cpu).append('\t').append(nanoseconds).append('\t');
    for (QueryMatch match : matches.getMatches()) {
      answer.append(match.getQueryId()).append(' ');
    }
    out.println(answer);
    out.flush();
  }

  private static Presearcher presearcher(Path articles, int passes) throws Exception {
    Map<String, Integer> frequencies = new HashMap<>();
    for (String line : Files.readAllLines(articles)) {
      Set<String> words = new HashSet<>(List.of(line.toLowerCase().split("[^a-z0-9]+")).stream().toList());
      words.forEach(word -> frequencies.merge(word, 1, Integer::sum));
    }
    TermWeightor rarest = TermWeightor.termFreqWeightor(frequencies, 100, 0.1);
    return passes > 1
        ? new MultipassTermFilteredPresearcher(passes, 0, rarest, List.of(), Set.of())
        : new TermFilteredPresearcher(rarest, List.of(), Set.of());
  }

  /** Letters and digits, in lower case; a title stands well apart from its body. */
  private static final class Words extends Analyzer {
    @Override
    protected TokenStreamComponents createComponents(String field) {
      Tokenizer tokens = CharTokenizer.fromTokenCharPredicate(Character::isLetterOrDigit);
      return new TokenStreamComponents(tokens, new LowerCaseFilter(tokens));
    }

    @Override
    public int getPositionIncrementGap(String field) {
      return TITLE_GAP;
    }
  }

  /** Prefix notation to queries. */
  private static final class Reader {
    private final String[] tokens;
    private int at;

    Reader(String written) {
      tokens = written.split(" ");
    }

    private String next() {
      return tokens[at++];
    }

    private int count() {
      return Integer.parseInt(next());
    }

    Query query() {
      switch (next()) {
        case "&":
          return joined(Occur.MUST);
        case "|":
          return joined(Occur.SHOULD);
        case "p":
          return phrase();
        case "*":
          return new PrefixQuery(new Term(next(), next()));
        case "~":
          return near();
        default:
          throw new IllegalArgumentException(String.join(" ", tokens));
      }
    }

    private Query joined(Occur occur) {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (int left = count(); left > 0; left--) {
        if (tokens[at].equals("!")) {
          at++;
          all.add(query(), Occur.MUST_NOT);
        } else {
          all.add(query(), occur);
        }
      }
      return all.build();
    }

    private Query phrase() {
      String field = next();
      int words = count();
      if (words == 1) {
        return new TermQuery(new Term(field, next()));
      }
      PhraseQuery.Builder phrase = new PhraseQuery.Builder();
      for (int left = words; left > 0; left--) {
        phrase.add(new Term(field, next()));
      }
      return phrase.build();
    }

    private Query near() {
      int distance = count();
      SpanQuery[] sides = {side(), side()};
      return new SpanNearQuery(sides, distance - 1, false);
    }

    private SpanQuery side() {
      SpanQuery[] terms = new SpanQuery[count()];
      for (int number = 0; number < terms.length; number++) {
        SpanQuery[] words = new SpanQuery[count()];
        for (int word = 0; word < words.length; word++) {
          words[word] = new SpanTermQuery(new Term("all", next()));
        }
        terms[number] = words.length == 1 ? words[0] : new SpanNearQuery(words, 0, true);
      }
      return terms.length == 1 ? terms[0] : new SpanOrQuery(terms);
    }
  }
}
