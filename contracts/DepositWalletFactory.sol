// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// Answers what clients ask the deposit wallet factory before they derive an address: which beacon is in use.
contract DepositWalletFactory {
    error ContractNotOnLocalChain();

    bytes4 private constant BEACON_QUERY = 0x49493a4d;
    address public immutable beacon;

    constructor(address walletBeacon) {
        beacon = walletBeacon;
    }

    fallback(bytes calldata input) external returns (bytes memory) {
        if (bytes4(input) != BEACON_QUERY) revert ContractNotOnLocalChain();
        return abi.encode(beacon);
    }
}
