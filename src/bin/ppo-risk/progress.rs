//! How training comes along: a bar on a terminal, a line at every tenth elsewhere. Always on standard error.

use crate::notes::Notes;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};
use ppo_risk::portfolio::run::{Observer, Stage};
use ppo_risk::rl::stats::UpdateStats;
use std::io::IsTerminal;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Shows progress, and breaks off once asked to.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    notes: Notes,
    stop: Arc<AtomicBool>,
    began: Instant,
    /// Decisions over all seeds at the first update that was seen, and when: what came before a resume took no time.
    first: Option<(u64, Instant)>,
    /// Episodes of this seed at its first update that was seen, and when.
    seed: Option<(Stage, u64, Instant)>,
    tenths: u64,
    episode_return: f64,
    /// Names of the set-ups of a walk-forward; empty for a run.
    setups: Vec<String>,
}

impl Progress {
    pub(crate) fn new(stop: Arc<AtomicBool>, notes: Notes) -> Self {
        let bar = (!notes.are_off() && std::io::stderr().is_terminal()).then(|| {
            let style = ProgressStyle::with_template("{prefix} [{bar:30}] {percent:>3}% {msg}")
                .expect("a template that indicatif takes")
                .progress_chars("=> ");
            ProgressBar::with_draw_target(Some(1), ProgressDrawTarget::stderr_with_hz(8)).with_style(style)
        });
        Self {
            bar,
            notes,
            stop,
            began: Instant::now(),
            first: None,
            seed: None,
            tenths: 0,
            episode_return: f64::NAN,
            setups: Vec::new(),
        }
    }

    /// Of a walk-forward of set-ups with these names.
    pub(crate) fn of_setups(mut self, names: Vec<String>) -> Self {
        self.setups = names;
        self
    }

    /// Which training is under way, in words.
    fn name(&self, stage: Stage) -> String {
        let mut parts = Vec::new();
        if let Some((setup, fold)) = stage.fold {
            if self.setups.len() > 1 {
                parts.push(self.setups[setup].clone());
            }
            parts.push(format!("fold {}", fold + 1));
        }
        if let Some(fold) = stage.evidence {
            parts.push(format!("evidence {}", fold + 1));
        }
        parts.push(format!("seed {}", stage.seed));
        format!(
            "{} ({} of {})",
            parts.join(", "),
            stage.index + 1,
            stage.trainings
        )
    }

    /// Time left, the figures, decisions done, decisions in all.
    fn figures(&mut self, stage: Stage, stats: &UpdateStats) -> (String, String, u64, u64) {
        let now = Instant::now();
        let total = stage.all_steps;
        let done = stage.steps_before + stats.env_steps.min(stage.total_steps);
        let (at_first, since) = *self.first.get_or_insert((done, now));
        let (known, episodes, seed_since) = *self.seed.get_or_insert((stage, stats.episodes, now));
        if known != stage {
            self.seed = Some((stage, stats.episodes, now));
        }
        if stats.episode_reward.is_finite() {
            self.episode_return = stats.episode_reward;
        }
        let rate = |count: u64, since: Instant| count as f64 / (now - since).as_secs_f64().max(1e-9);
        let speed = rate(done - at_first, since);
        let left = match done > at_first {
            true => HumanDuration(Duration::from_secs_f64((total - done) as f64 / speed)).to_string(),
            false => "unknown time".to_string(),
        };
        let episodes = match known == stage && stats.episodes > episodes {
            true => format!("{:.0} episodes/s", rate(stats.episodes - episodes, seed_since)),
            false => "- episodes/s".to_string(),
        };
        let episode_return = match self.episode_return.is_nan() {
            true => "-".to_string(),
            false => format!("{:.4}", self.episode_return),
        };
        let text = format!(
            "{:.0} env-steps/s, {episodes}, episode return {episode_return}, KL {:.4}",
            stats.env_steps_per_s, stats.approx_kl
        );
        (format!("{left} left"), text, done, total)
    }
}

impl Observer for Progress {
    fn updated(&mut self, stage: Stage, stats: &UpdateStats) -> ControlFlow<()> {
        let (left, text, done, total) = self.figures(stage, stats);
        let seed = self.name(stage);
        match &self.bar {
            Some(bar) => {
                bar.set_prefix(seed);
                bar.set_message(format!("{left}\n{text}"));
                bar.set_length(total);
                bar.set_position(done);
            }
            None if 10 * done / total > self.tenths => {
                self.tenths = 10 * done / total;
                let percent = 100 * done / total;
                self.notes
                    .say(format_args!("{percent:>3}% {seed}, {left}: {text}"));
            }
            None => (),
        }
        if stats.skipped_minibatches > 0 {
            self.note(&format!(
                "update {}: {} minibatches had a loss or gradient that was not finite and were skipped",
                stats.update, stats.skipped_minibatches
            ));
        }
        match self.stop.load(Ordering::SeqCst) {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn judging(&mut self) {
        let seconds = self.began.elapsed().as_secs_f64();
        self.clear();
        self.notes.say(format_args!(
            "Trained in {seconds:.0} s. Judging on the test period ..."
        ));
    }
}

impl Progress {
    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => self.notes.say(text),
        }
    }
}
