//! The attention over the histories of a block's rows, with all that the way back needs, and that way.
//! [`Attention`] says what is computed.

use crate::policy::attend::{Embed, scores_of_bars};
use crate::policy::kernels::{InstructionSet, Left, Loops, VECTOR_STEP};
use crate::policy::lanes::{LANES, add, dot};
use crate::policy::spec::Attention;
use crate::train::fused::places::{Piece, Places};

/// Where an attention's parameters lie: the embedding's weights [d, C] and bias [d]; then queries, keys and values, each
/// [d, d rounded up] with a line for each output, so that a head's lines are together; then the ages' biases [H, L].
#[derive(Debug, Clone, Copy)]
pub(super) struct AttentionPlaces {
    pub(super) sizes: Attention,
    embedding: usize,
    bias: usize,
    query: usize,
    key: usize,
    value: usize,
    age: usize,
}

impl AttentionPlaces {
    /// Gives the tensors of the layout their places.
    pub(super) fn new(sizes: Attention, places: &mut Places) -> Self {
        let Attention {
            bars,
            channels,
            embedding,
            heads,
        } = sizes;
        let mut block = |name: &str, lines, len, apart| places.block(name, Piece::lines(lines, len, apart));
        let wide = embedding.next_multiple_of(VECTOR_STEP);
        Self {
            sizes,
            embedding: block("embedding.weight", embedding, channels, channels),
            bias: block("embedding.bias", 1, embedding, embedding),
            query: block("query.weight", embedding, embedding, wide),
            key: block("key.weight", embedding, embedding, wide),
            value: block("value.weight", embedding, embedding, wide),
            age: block("age.bias", heads, bars, bars),
        }
    }

    /// Numbers of a head.
    fn of_head(&self) -> usize {
        self.sizes.embedding / self.sizes.heads
    }

    /// Numbers of an embedding, rounded up to whole vectors.
    fn wide(&self) -> usize {
        self.sizes.embedding.next_multiple_of(VECTOR_STEP)
    }

    /// Numbers of a head, rounded up to whole vectors.
    fn head_wide(&self) -> usize {
        self.of_head().next_multiple_of(VECTOR_STEP)
    }

    /// Bars, rounded up to whole vectors.
    fn padded(&self) -> usize {
        self.sizes.bars.next_multiple_of(LANES)
    }

    /// Where one head's lines of the matrix that begins at `first` are.
    fn lines(&self, first: usize, head: usize) -> std::ops::Range<usize> {
        let len = self.of_head() * self.wide();
        first + head * len..first + (head + 1) * len
    }

    fn embedding_weights(&self) -> std::ops::Range<usize> {
        self.embedding..self.embedding + self.sizes.embedding * self.sizes.channels
    }

    fn embedding_bias(&self) -> std::ops::Range<usize> {
        self.bias..self.bias + self.sizes.embedding
    }

    fn ages(&self) -> std::ops::Range<usize> {
        self.age..self.age + self.sizes.heads * self.sizes.bars
    }
}

/// Room for the histories of some rows.
#[derive(Debug)]
pub(super) struct Attending {
    places: AttentionPlaces,
    /// Values that rows begin with.
    plain: usize,
    /// [R, C, L rounded up], zeros beyond the last bar.
    histories: Vec<f32>,
    /// e: [R, d, L rounded up].
    embedded: Vec<f32>,
    /// e of the last bar: [R, d rounded up].
    last: Vec<f32>,
    heads: Vec<HeadRoom>,
    /// One head's part of the context: [R, d / H rounded up].
    context: Vec<f32>,
    back: Option<BackRoom>,
}

/// One head's results.
#[derive(Debug)]
struct HeadRoom {
    /// The other way round, [d, d / H rounded up] each.
    query_transposed: Vec<f32>,
    key_transposed: Vec<f32>,
    value_transposed: Vec<f32>,
    /// [L rounded up], -infinity beyond the last bar.
    ages: Vec<f32>,
    /// [R, d / H rounded up]
    query: Vec<f32>,
    /// What the keys make of the query, over sqrt(d / H): [R, d rounded up].
    sought: Vec<f32>,
    /// [R, L rounded up]
    shares: Vec<f32>,
    /// Σ share e: [R, d rounded up].
    mean: Vec<f32>,
    /// Slopes in `sought` and `mean`.
    of_sought: Vec<f32>,
    of_mean: Vec<f32>,
}

/// Room for the way back.
#[derive(Debug)]
struct BackRoom {
    /// [R, d / H rounded up]: slopes in a head's context, and in its query.
    of_head: Vec<f32>,
    /// [R, d rounded up]: slopes in the last bar's e, and one head's part of them.
    of_last: Vec<f32>,
    part: Vec<f32>,
    /// Slopes in the scores of one row: [H, L rounded up].
    of_scores: Vec<f32>,
    /// Sums over rows: [H, L rounded up] for the ages, [d, 1 + C] times lanes for the bias and the weights.
    of_ages: Vec<f32>,
    of_embedding: Vec<f32>,
}

impl Attending {
    /// Room for `rows` rows that begin with `plain` values.
    pub(super) fn new(places: AttentionPlaces, plain: usize, rows: usize) -> Self {
        let Attention {
            channels,
            embedding,
            heads,
            ..
        } = places.sizes;
        let (wide, head_wide, padded) = (places.wide(), places.head_wide(), places.padded());
        let zeros = |len: usize| vec![0.0; len];
        let head = |_| HeadRoom {
            query_transposed: zeros(embedding * head_wide),
            key_transposed: zeros(embedding * head_wide),
            value_transposed: zeros(embedding * head_wide),
            ages: vec![f32::NEG_INFINITY; padded],
            query: zeros(rows * head_wide),
            sought: zeros(rows * wide),
            shares: zeros(rows * padded),
            mean: zeros(rows * wide),
            of_sought: zeros(rows * wide),
            of_mean: zeros(rows * wide),
        };
        Self {
            histories: zeros(rows * channels * padded),
            embedded: zeros(rows * embedding * padded),
            last: zeros(rows * wide),
            heads: (0..heads).map(head).collect(),
            context: zeros(rows * head_wide),
            back: None,
            plain,
            places,
        }
    }

    /// Values of a row's history.
    pub(super) fn history_len(&self) -> usize {
        self.places.sizes.channels * self.places.sizes.bars
    }

    /// Takes in a row's history ([C, L]).
    pub(super) fn put(&mut self, row: usize, history: &[f32]) {
        let (bars, padded) = (self.places.sizes.bars, self.places.padded());
        let len = self.places.sizes.channels * padded;
        let own = self.histories[row * len..][..len].chunks_exact_mut(padded);
        for (to, from) in own.zip(history.chunks_exact(bars)) {
            to[..bars].copy_from_slice(from);
        }
    }

    /// Writes the context of the first `rows` rows to the last `d` values of each row of `input` ([R, inputs]).
    pub(super) fn run(
        &mut self,
        instructions: InstructionSet,
        parameters: &[f32],
        rows: usize,
        input: &mut [f32],
    ) {
        let places = self.places;
        let Attention {
            bars,
            channels,
            embedding,
            ..
        } = places.sizes;
        let (wide, head_wide, padded) = (places.wide(), places.head_wide(), places.padded());
        let inputs = input.len() / rows;
        let of_head = places.of_head();
        let weights = &parameters[places.embedding_weights()];
        let bias = &parameters[places.embedding_bias()];
        let embedded = &mut self.embedded[..rows * embedding * padded];
        let histories = self.histories.chunks_exact(channels * padded);
        for (history, embedded) in histories.zip(embedded.chunks_exact_mut(embedding * padded)) {
            instructions.vectorize(Embed {
                weights,
                bias,
                bars: padded,
                history,
                out: embedded,
            });
        }
        instructions.tanh(embedded);
        let last = &mut self.last[..rows * wide];
        for (last, embedded) in last
            .chunks_exact_mut(wide)
            .zip(embedded.chunks_exact(embedding * padded))
        {
            for (last, embedded) in last.iter_mut().zip(embedded.chunks_exact(padded)) {
                *last = embedded[bars - 1];
            }
        }
        let scale = 1.0 / (of_head as f32).sqrt();
        for (head, room) in self.heads.iter_mut().enumerate() {
            room.read(&places, head, parameters);
            let query = &mut room.query[..rows * head_wide];
            instructions.multiply(
                Left::rows(last, wide, embedding),
                &room.query_transposed,
                None,
                query,
            );
            let sought = &mut room.sought[..rows * wide];
            let key = &parameters[places.lines(places.key, head)];
            instructions.multiply(Left::rows(query, head_wide, of_head), key, None, sought);
            let mean = &mut room.mean[..rows * wide];
            sought.iter_mut().for_each(|sought| *sought *= scale);
            let shares = &mut room.shares[..rows * padded];
            instructions.vectorize(LookBack {
                embedded,
                sought,
                ages: &room.ages,
                scores: shares,
            });
            instructions.softmax(shares, padded);
            let bars = embedded
                .chunks_exact(embedding * padded)
                .zip(shares.chunks_exact(padded));
            for ((embedded, shares), mean) in bars.zip(mean.chunks_exact_mut(wide)) {
                instructions.dots(embedded, shares, &mut mean[..embedding]);
            }
            let context = &mut self.context[..rows * head_wide];
            instructions.multiply(
                Left::rows(mean, wide, embedding),
                &room.value_transposed,
                None,
                context,
            );
            let first = self.plain + head * of_head;
            for (to, from) in input
                .chunks_exact_mut(inputs)
                .zip(context.chunks_exact(head_wide))
            {
                to[first..first + of_head].copy_from_slice(&from[..of_head]);
            }
        }
    }

    /// The gradient in the attention's parameters, from the slopes in what the next layer reads
    /// ([R, inputs rounded up]), the last `d` of which [`run`](Self::run) wrote.
    pub(super) fn go_back(
        &mut self,
        instructions: InstructionSet,
        parameters: &[f32],
        of_input: &[f32],
        rows: usize,
        gradient: &mut [f32],
    ) {
        let places = self.places;
        let Attention { embedding, .. } = places.sizes;
        let (wide, head_wide, of_head) = (places.wide(), places.head_wide(), places.of_head());
        let (stride, first) = (of_input.len() / rows, self.plain);
        let room = self
            .back
            .get_or_insert_with(|| BackRoom::new(&places, self.last.len() / wide));
        let own = &mut room.of_head[..rows * head_wide];
        for (head, results) in self.heads.iter_mut().enumerate() {
            let from = of_input.chunks_exact(stride);
            for (to, from) in own.chunks_exact_mut(head_wide).zip(from) {
                to[..of_head].copy_from_slice(&from[first + head * of_head..][..of_head]);
            }
            let value = places.lines(places.value, head);
            let mean = &results.mean[..rows * wide];
            let of_value = &mut gradient[value.clone()];
            instructions.multiply(Left::columns(own, head_wide, of_head), mean, None, of_value);
            let of_mean = &mut results.of_mean[..rows * wide];
            instructions.multiply(
                Left::rows(own, head_wide, of_head),
                &parameters[value],
                None,
                of_mean,
            );
        }
        room.of_ages.fill(0.0);
        room.of_embedding.fill(0.0);
        instructions.vectorize(ThroughShares {
            places: &places,
            rows,
            histories: &self.histories,
            embedded: &self.embedded,
            heads: &mut self.heads,
            room,
        });
        let last = &self.last[..rows * wide];
        let of_last = &mut room.of_last[..rows * wide];
        of_last.fill(0.0);
        let own = &mut room.of_head[..rows * head_wide];
        for (head, results) in self.heads.iter().enumerate() {
            let of_sought = &results.of_sought[..rows * wide];
            let query = &results.query[..rows * head_wide];
            let of_key = &mut gradient[places.lines(places.key, head)];
            instructions.multiply(Left::columns(query, head_wide, of_head), of_sought, None, of_key);
            instructions.multiply(
                Left::rows(of_sought, wide, embedding),
                &results.key_transposed,
                None,
                own,
            );
            let lines = places.lines(places.query, head);
            let of_query = &mut gradient[lines.clone()];
            instructions.multiply(Left::columns(own, head_wide, of_head), last, None, of_query);
            let part = &mut room.part[..rows * wide];
            instructions.multiply(
                Left::rows(own, head_wide, of_head),
                &parameters[lines],
                None,
                part,
            );
            of_last.iter_mut().zip(part).for_each(|(sum, part)| *sum += *part);
        }
        self.write_gradient(rows, gradient);
    }

    /// What the way back has added up over rows, and the last bars' part.
    fn write_gradient(&mut self, rows: usize, gradient: &mut [f32]) {
        let places = self.places;
        let Attention {
            bars,
            channels,
            embedding,
            ..
        } = places.sizes;
        let (wide, padded) = (places.wide(), places.padded());
        let Some(room) = &mut self.back else {
            return;
        };
        let ages = gradient[places.ages()].chunks_exact_mut(bars);
        for (to, from) in ages.zip(room.of_ages.chunks_exact(padded)) {
            to.copy_from_slice(&from[..bars]);
        }
        let sums = |number: usize| {
            room.of_embedding[number * (1 + channels) * LANES..]
                .as_chunks::<LANES>()
                .0
        };
        for number in 0..embedding {
            let (mut of_bias, own) = (sums(number)[0].iter().sum::<f32>(), &sums(number)[1..]);
            let weights = places.embedding_weights().start + number * channels;
            let of_weights = &mut gradient[weights..weights + channels];
            for (to, sums) in of_weights.iter_mut().zip(own) {
                *to = sums.iter().sum();
            }
            for row in 0..rows {
                let last = self.last[row * wide + number];
                let slope = room.of_last[row * wide + number] * (1.0 - last * last);
                of_bias += slope;
                let history = self.histories[row * channels * padded..].iter();
                let newest = history.skip(bars - 1).step_by(padded);
                for (to, newest) in of_weights.iter_mut().zip(newest) {
                    *to += slope * newest;
                }
            }
            gradient[places.embedding_bias().start + number] = of_bias;
        }
    }
}

impl HeadRoom {
    /// Takes this head's parameters, as they are needed.
    fn read(&mut self, places: &AttentionPlaces, head: usize, parameters: &[f32]) {
        let (wide, head_wide) = (places.wide(), places.head_wide());
        let matrices = [
            (&mut self.query_transposed, places.query),
            (&mut self.key_transposed, places.key),
            (&mut self.value_transposed, places.value),
        ];
        for (to, first) in matrices {
            let lines = parameters[places.lines(first, head)].chunks_exact(wide);
            for (output, line) in lines.enumerate() {
                let to = to[output..].iter_mut().step_by(head_wide);
                to.zip(line).for_each(|(to, weight)| *to = *weight);
            }
        }
        let bars = places.sizes.bars;
        let ages = &parameters[places.ages()][head * bars..][..bars];
        self.ages[..bars].copy_from_slice(ages);
    }
}

impl BackRoom {
    fn new(places: &AttentionPlaces, rows: usize) -> Self {
        let zeros = |len: usize| vec![0.0; len];
        let Attention {
            channels,
            embedding,
            heads,
            ..
        } = places.sizes;
        Self {
            of_head: zeros(rows * places.head_wide()),
            of_last: zeros(rows * places.wide()),
            part: zeros(rows * places.wide()),
            of_scores: zeros(heads * places.padded()),
            of_ages: zeros(heads * places.padded()),
            of_embedding: zeros(embedding * (1 + channels) * LANES),
        }
    }
}

/// One head's scores of the bars of each row.
struct LookBack<'a> {
    /// e: [R, d, L rounded up].
    embedded: &'a [f32],
    /// [R, d rounded up]
    sought: &'a [f32],
    /// [L rounded up]
    ages: &'a [f32],
    /// [R, L rounded up]
    scores: &'a mut [f32],
}

impl Loops for LookBack<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let rows = self.scores.len() / self.ages.len();
        let sought = self.sought.chunks_exact(self.sought.len() / rows);
        let embedded = self.embedded.chunks_exact(self.embedded.len() / rows);
        let scores = self.scores.chunks_exact_mut(self.ages.len());
        for ((embedded, sought), scores) in embedded.zip(sought).zip(scores) {
            scores_of_bars(embedded, [sought], [self.ages], [scores]);
        }
    }
}

/// The way of rows from the slopes in the means of their bars to those in what was looked for, in the ages and in what the bars
/// were embedded from.
struct ThroughShares<'a> {
    places: &'a AttentionPlaces,
    rows: usize,
    histories: &'a [f32],
    embedded: &'a [f32],
    heads: &'a mut [HeadRoom],
    room: &'a mut BackRoom,
}

impl Loops for ThroughShares<'_> {
    type Out = ();

    #[inline(always)]
    fn run(self) {
        let read = (self.histories, self.embedded);
        for row in 0..self.rows {
            through_shares(self.places, row, read, self.heads, self.room);
        }
    }
}

/// One row's.
#[inline(always)]
fn through_shares(
    places: &AttentionPlaces,
    row: usize,
    (histories, embedded): (&[f32], &[f32]),
    heads: &mut [HeadRoom],
    room: &mut BackRoom,
) {
    let Attention {
        channels, embedding, ..
    } = places.sizes;
    let (wide, padded) = (places.wide(), places.padded());
    let scale = 1.0 / (places.of_head() as f32).sqrt();
    let embedded = embedded[row * embedding * padded..][..embedding * padded].chunks_exact(padded);
    let of_ages = room.of_ages.chunks_exact_mut(padded);
    let of_scores = room.of_scores.chunks_exact_mut(padded);
    for (head, (of_scores, of_ages)) in heads.iter_mut().zip(of_scores.zip(of_ages)) {
        let shares = &head.shares[row * padded..][..padded];
        let of_mean = &head.of_mean[row * wide..][..embedding];
        for (chunk, of_scores) in of_scores.as_chunks_mut().0.iter_mut().enumerate() {
            let mut sums = [0.0; LANES];
            for (slope, embedded) in of_mean.iter().zip(embedded.clone()) {
                add(*slope, &embedded.as_chunks().0[chunk], &mut sums);
            }
            *of_scores = sums;
        }
        let mean = dot(shares, of_scores);
        for ((slope, share), of_age) in of_scores.iter_mut().zip(shares).zip(of_ages) {
            *slope = share * (*slope - mean);
            *of_age += *slope;
        }
        let of_sought = &mut head.of_sought[row * wide..][..embedding];
        for (slope, embedded) in of_sought.iter_mut().zip(embedded.clone()) {
            *slope = scale * dot(of_scores, embedded);
        }
    }
    let history = &histories[row * channels * padded..][..channels * padded];
    let sums = room.of_embedding.as_chunks_mut::<LANES>().0;
    for (number, (embedded, sums)) in embedded.zip(sums.chunks_exact_mut(1 + channels)).enumerate() {
        let at = row * wide + number;
        for (chunk, embedded) in embedded.as_chunks::<LANES>().0.iter().enumerate() {
            let mut slopes = [0.0; LANES];
            for (head, of_scores) in heads.iter().zip(room.of_scores.chunks_exact(padded)) {
                let shares = &head.shares[row * padded..][..padded];
                add(head.of_mean[at], &shares.as_chunks().0[chunk], &mut slopes);
                add(head.sought[at], &of_scores.as_chunks().0[chunk], &mut slopes);
            }
            for lane in 0..LANES {
                slopes[lane] *= 1.0 - embedded[lane] * embedded[lane];
                sums[0][lane] += slopes[lane];
            }
            for (sums, numbers) in sums[1..].iter_mut().zip(history.chunks_exact(padded)) {
                let numbers: &[f32; LANES] = &numbers.as_chunks().0[chunk];
                for lane in 0..LANES {
                    sums[lane] += slopes[lane] * numbers[lane];
                }
            }
        }
    }
}
