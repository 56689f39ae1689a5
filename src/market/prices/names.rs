//! Names of columns that are no asset's.

/// Which of the names are those of the fields of one asset's bars, as vendors write them: each would be taken for an
/// asset of its own. None where fewer than two are. OPEN and LOW are also symbols of companies, so that those two alone
/// are assets.
pub(crate) fn fields_of_one_asset(names: &[impl AsRef<str>]) -> Vec<usize> {
    const COMPANIES: [&str; 2] = ["open", "low"];
    const OTHERS: [&str; 12] = [
        "high",
        "close",
        "adjclose",
        "adjustedclose",
        "volume",
        "vol",
        "price",
        "last",
        "vwap",
        "dividends",
        "stocksplits",
        "change",
    ];
    let letters = |name: &str| -> String {
        let letters = name.chars().filter(|letter| letter.is_alphabetic());
        letters.flat_map(char::to_lowercase).collect()
    };
    let (mut fields, mut certain) = (Vec::new(), false);
    for (place, name) in names.iter().enumerate() {
        let name = letters(name.as_ref());
        let other = OTHERS.contains(&name.as_str());
        if other || COMPANIES.contains(&name.as_str()) {
            fields.push(place);
            certain |= other;
        }
    }
    if certain && fields.len() > 1 {
        fields
    } else {
        Vec::new()
    }
}
