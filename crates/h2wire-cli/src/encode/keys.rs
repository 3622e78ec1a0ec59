//! The keys of a JSON object, taken out one by one; a key that is left over was mistyped.

use anyhow::{Context, anyhow, bail};
use serde_json::{Map, Value};

/// Keys that say where a frame was found.
pub(crate) const PLACE: [&str; 6] = ["offset", "connection", "from", "packet", "time", "file"];

pub(crate) struct Keys(Map<String, Value>);

impl Keys {
    /// The keys of `value`, which is called `what`.
    pub(crate) fn from_value(value: Value, what: &str) -> anyhow::Result<Self> {
        match value {
            Value::Object(object) => Ok(Self(object)),
            _ => bail!("{what} is not a JSON object"),
        }
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The value of a key; `None` for `null`.
    pub(crate) fn take(&mut self, key: &str) -> Option<Value> {
        self.0.shift_remove(key).filter(|value| !value.is_null())
    }

    pub(crate) fn bool(&mut self, key: &str) -> anyhow::Result<Option<bool>> {
        let value = |value: Value| value.as_bool().with_context(|| format!("{key} must be true or false"));
        self.take(key).map(value).transpose()
    }

    /// A number up to `most`.
    pub(crate) fn optional(&mut self, key: &str, most: u32) -> anyhow::Result<Option<u32>> {
        let number = |value: Value| {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number
                .filter(|number| *number <= most)
                .with_context(|| format!("{key} is {value}: it must be a number from 0 to {most}"))
        };
        self.take(key).map(number).transpose()
    }

    pub(crate) fn number(&mut self, key: &str, most: u32) -> anyhow::Result<u32> {
        self.optional(key, most)?.ok_or_else(|| missing(key))
    }

    pub(crate) fn text(&mut self, key: &str) -> anyhow::Result<Option<String>> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => bail!("{key} must be a string"),
        }
    }

    /// Bytes in hexadecimal.
    pub(crate) fn octets(&mut self, key: &str) -> anyhow::Result<Vec<u8>> {
        let text = self.text(key)?.ok_or_else(|| missing(key))?;
        hex::decode(text).map_err(|error| anyhow!("{key} is not hexadecimal: {error}"))
    }

    pub(crate) fn array(&mut self, key: &str) -> anyhow::Result<Vec<Value>> {
        match self.take(key) {
            None => Ok(Vec::new()),
            Some(Value::Array(array)) => Ok(array),
            Some(_) => bail!("{key} must be an array"),
        }
    }

    /// A number or its name; if both are given, they must agree.
    pub(crate) fn named(
        &mut self,
        key: &str,
        name_key: &str,
        most: u32,
        name_of: impl Fn(u32) -> Option<&'static str>,
    ) -> anyhow::Result<u32> {
        // No registry has a name for a larger one.
        const LAST_NAMED: u32 = 255;
        let (number, name) = (self.optional(key, most)?, self.text(name_key)?);
        match (number, name) {
            (None, None) => Err(missing(key)),
            (Some(number), None) => Ok(number),
            (Some(number), Some(name)) if name_of(number) == Some(&name) => Ok(number),
            (Some(number), Some(name)) => {
                bail!("{key} is {number}, which is not {name}: leave one of them out")
            }
            (None, Some(name)) => {
                (0..=LAST_NAMED.min(most)).find(|number| name_of(*number) == Some(&name)).with_context(|| {
                    format!("{name_key} is {name:?}, which is not a known name: use {key} with its number")
                })
            }
        }
    }

    /// Refuses keys that are left over, except the ignored ones.
    pub(crate) fn done(mut self, ignored: &[&str]) -> anyhow::Result<()> {
        for key in ignored {
            self.0.shift_remove(*key);
        }
        match self.0.keys().next() {
            Some(key) => bail!("unknown key {key:?}"),
            None => Ok(()),
        }
    }
}

fn missing(key: &str) -> anyhow::Error {
    anyhow!("{key} is missing")
}
