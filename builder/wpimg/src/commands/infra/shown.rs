//! Plans as people and programs read them.

use wpimg_plan::{
    change::{AllowReplacement, Line, Severity, Style},
    cost::CostChange,
};

use crate::{
    cli::Format,
    commands::Context,
    error_report::Failure,
    infra::{InfraError, Proposal},
    report::{Report, Tone, json_text},
};

/// Writes what would change to standard output.
pub(super) fn show(proposal: &Proposal, context: &Context) -> Result<(), Failure> {
    let report = &context.report;
    match context.settings.format {
        Format::Json => report.data(&json_text(&proposal.plan.document()))?,
        Format::Text => {
            if proposal.plan.is_empty() && !proposal.is_empty() {
                let text = format!("stack `{}`: only outputs change", proposal.plan.stack);
                report.data(&text)?;
            } else {
                report.data(&proposal.plan.summary())?;
            }
            for line in proposal.plan.lines() {
                report.data(&format!("  {}", painted(&line, report)))?;
            }
        }
    }
    Ok(())
}

/// Writes what it costs, where it costs something else.
pub(super) fn show_cost(cost: Option<&CostChange>, context: &Context) -> Result<(), Failure> {
    let Some(cost) = cost else {
        return Ok(());
    };
    let (report, difference) = (&context.report, cost.difference());
    match context.settings.format {
        Format::Json => report.data(&json_text(&difference.document()))?,
        Format::Text if difference.is_empty() => {}
        Format::Text => {
            report.data(&format!("  {}", cost.summary()))?;
            report.data(&format!("  {}", report.toned(Tone::Quiet, &cost.caveat())))?;
        }
    }
    Ok(())
}

/// Refuses a plan that loses what nobody can make again.
pub(super) fn refuse_losses(
    proposal: &Proposal,
    allowed: AllowReplacement,
) -> Result<(), InfraError> {
    let Some(refusal) = proposal.plan.refusal(allowed) else {
        return Ok(());
    };
    let losses: Vec<String> = refusal.losses.iter().map(ToString::to_string).collect();
    let mut instead: Vec<&str> = refusal.losses.iter().map(|loss| loss.instead).collect();
    instead.dedup();
    let hint = refusal.hint();
    instead.push(&hint);
    Err(InfraError::Refused {
        stack: refusal.stack.clone(),
        losses: losses.join("; "),
        hint: instead.join("; "),
    })
}

fn painted(line: &Line, report: &Report) -> String {
    let spans = line.spans.iter().map(|span| match span.style {
        Style::Sign | Style::Name => report.toned(tone(line.severity), &span.text),
        Style::Consequence => report.toned(consequence(line.severity), &span.text),
        Style::Detail => report.toned(Tone::Quiet, &span.text),
        Style::Plain => span.text.clone(),
    });
    spans.collect()
}

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Plain => Tone::Good,
        Severity::Warning => Tone::Notable,
        Severity::Loss => Tone::Bad,
    }
}

fn consequence(severity: Severity) -> Tone {
    match severity {
        Severity::Plain | Severity::Warning => Tone::Notable,
        Severity::Loss => Tone::Bad,
    }
}
